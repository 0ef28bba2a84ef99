// Loaded into a server before its program, with --expose-gc; replies to its parent.
const { PerformanceObserver } = require('node:perf_hooks');

let collections = 0;
new PerformanceObserver((list) => (collections += list.getEntries().length)).observe({ entryTypes: ['gc'] });

/** `collect` collects first. What was observed arrives in a turn of its own. */
process.on('message', (question) => {
  if (question === 'collect') global.gc();
  setTimeout(() => process.send({ bytes: process.memoryUsage().heapUsed, collections }), 50);
});
process.channel.unref();
