// What an add costs on a long cart against a short one: `npm run bench`.
import { randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectCartCache } from '../dist/libs/cart-cache/index.mjs';

const rounds = 9;
const callsPerRound = 20_000;
const inFlight = 64;
const port = 20_000 + Math.floor(Math.random() * 10_000);

const folder = await mkdtemp(join(tmpdir(), 'badger-bench-'));
const server = spawn('redis-server', ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--dir', folder], {
  stdio: 'ignore',
});
const cache = connectCartCache({ url: `redis://127.0.0.1:${port}`, maxQuantity: 1_000_000, deadlineMs: 5000 });
try {
  await cache.ready(5000);
  const carts = { 1: await cartOf(1), 100: await cartOf(100) };
  for (const call of ['addQuantity', 'add']) {
    await perSecond(call, carts[1]);
    const ratios = [];
    for (let round = 0; round < rounds; round += 1) {
      const long = await perSecond(call, carts[100]);
      const short = await perSecond(call, carts[1]);
      ratios.push(short / long);
    }
    ratios.sort((a, b) => a - b);
    const [least, median, most] = [ratios[0], ratios[rounds >> 1], ratios[rounds - 1]].map((ratio) => ratio.toFixed(2));
    process.stdout.write(
      `${call}: time on 100 lines / time on 1 line = ${median} (${least} to ${most}, ${rounds} rounds)\n`,
    );
  }
} finally {
  await cache.close();
  server.kill();
  await once(server, 'exit');
  await rm(folder, { recursive: true, force: true });
}

async function cartOf(lines) {
  const token = randomUUID();
  for (let i = 0; i < lines; i += 1) await cache.add(token, `item-${i}`);
  return token;
}

async function perSecond(call, token) {
  let left = callsPerRound;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (left-- > 0) await cache[call](token, 'item-0');
    }),
  );
  return callsPerRound / ((performance.now() - startedAt) / 1000);
}
