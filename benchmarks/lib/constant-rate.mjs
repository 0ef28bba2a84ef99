// An open loop: requests are due at even times, whether or not earlier ones were answered, and each one's time counts from when it
// was due. autocannon sends the requests of a second in a burst, so that it measures a server at its maximum at any rate.
import { setTimeout as sleep } from 'node:timers/promises';
import { leadInSeconds, p99Seconds, turnsOfARound } from '../settings.mjs';
import { withPool } from './shoppers.mjs';

/**
 * Of each server, `{ url, requests }`, at this rate, in turns: `{ p99Ms, failed }`, the 99th percentile of the answered ones, and how
 * many failed.
 */
export async function p99sAtRate(servers, perSecond) {
  const times = servers.map(() => []);
  for (let turn = 0; turn < turnsOfARound; turn += 1) {
    for (const [index, { url, requests }] of servers.entries()) {
      await withPool(url, async (ask) => {
        await send(ask, requests, perSecond, leadInSeconds);
        times[index].push(...(await send(ask, requests, perSecond, p99Seconds / turnsOfARound)));
      });
    }
  }
  return times.map((all) => {
    const answered = all.filter((ms) => ms > 0).sort((a, b) => a - b);
    return { p99Ms: answered[Math.floor(answered.length * 0.99)], failed: all.length - answered.length };
  });
}

/** How long each took, in ms; 0 where it failed. */
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
      const answered = () => (times[n] = performance.now() - due);
      underWay.push(ask(request).then(answered, () => (times[n] = 0)));
    }
    await sleep(1);
  }
  await Promise.all(underWay);
  return times;
}
