// The same work every time, arithmetic and walks through more memory than caches hold: how long it takes tells how fast the core and
// what it shares with others are at this moment. Prints ms.
const memory = new Int32Array(1 << 22).map((_none, n) => n);
const startedAt = performance.now();
let x = 1;
for (let i = 0; i < 1e7; i += 1) x = (Math.imul(x, 1664525) + 1013904223) | 0;
for (let i = 0; i < 1e6; i += 1) x = (Math.imul(x ^ memory[x >>> 10], 1664525) + 1013904223) | 0;
process.stdout.write(`${x === 0 ? 0 : performance.now() - startedAt}`);
