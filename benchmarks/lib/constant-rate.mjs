// An open loop: requests are due at even times, whether or not earlier ones were answered, and each one's time counts from when it
// was due. autocannon sends the requests of a second in a burst, so that it measures a server at its maximum at any rate.
import { setTimeout as sleep } from 'node:timers/promises';
import { leadInSeconds, seconds } from '../settings.mjs';
import { withPool } from './shoppers.mjs';

/** The 99th percentile, in ms. */
export async function p99AtRate({ url, requests, perSecond }) {
  return withPool(url, async (ask) => {
    await send(ask, requests, perSecond, leadInSeconds);
    const times = await send(ask, requests, perSecond, seconds);
    return times.sort()[Math.floor(times.length * 0.99)];
  });
}

async function send(ask, requests, perSecond, forSeconds) {
  const times = new Float64Array(Math.floor(perSecond * forSeconds));
  const underWay = [];
  const startedAt = performance.now();
  for (let sent = 0; sent < times.length;) {
    const now = performance.now();
    for (; sent < times.length; sent += 1) {
      const n = sent;
      const due = startedAt + (n * 1000) / perSecond;
      if (due > now) break;
      const request = requests[Math.floor(Math.random() * requests.length)];
      underWay.push(ask(request).then(() => (times[n] = performance.now() - due)));
    }
    await sleep(1);
  }
  await Promise.all(underWay);
  return times;
}
