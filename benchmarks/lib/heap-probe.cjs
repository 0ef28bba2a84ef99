// Loaded into a server before its program, with --expose-gc; answers its parent.
const { Session } = require('node:inspector');
const { PerformanceObserver } = require('node:perf_hooks');

let collections = 0;
new PerformanceObserver((list) => (collections += list.getEntries().length)).observe({ entryTypes: ['gc'] });
const session = new Session();
session.connect();

const answers = {
  /** The bytes on V8's heap, and how often V8 has collected so far; what was observed is told in a turn of its own. */
  look: (answer) => void setTimeout(() => answer({ bytes: process.memoryUsage().heapUsed, collections }), 50),
  /** The same, after a collection. */
  collect(answer) {
    global.gc();
    answers.look(answer);
  },
  startSampling: (answer) =>
    session.post(
      'HeapProfiler.startSampling',
      { samplingInterval: 16_384, includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true },
      () => answer('started'),
    ),
  /** The tree of functions with what they allocated since. */
  stopSampling: (answer) => session.post('HeapProfiler.stopSampling', (_error, { profile }) => answer(profile)),
};

process.on('message', (question) => answers[question]((answer) => process.send(answer)));
process.channel.unref();
