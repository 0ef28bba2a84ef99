// Loaded into a server before its program, with --expose-gc. Told 'collect', it collects first; then it tells the bytes on V8's heap,
// and how often V8 has collected so far.
const { PerformanceObserver } = require('node:perf_hooks');

let collections = 0;
new PerformanceObserver((list) => (collections += list.getEntries().length)).observe({ entryTypes: ['gc'] });

process.on('message', (message) => {
  if (message === 'collect') global.gc();
  // What was observed is told in a turn of its own.
  setTimeout(() => process.send({ bytes: process.memoryUsage().heapUsed, collections }), 50);
});
process.channel.unref();
