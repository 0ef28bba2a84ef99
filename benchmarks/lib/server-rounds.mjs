import { leadInRequests, seconds, turnsOfARound, warmUpSeconds } from '../settings.mjs';
import { peakMemoryMb } from './cores.mjs';
import { load } from './load.mjs';
import { inShortTurns } from './rounds.mjs';
import { addsOf, fillCarts, signIn, withPool } from './shoppers.mjs';
import { fixedTaskMs, watch } from './watch.mjs';

const turnSeconds = seconds / turnsOfARound;

/**
 * Starts all servers, fills their shoppers' carts through them and warms them up; then measures them in turn. A contender is
 * `{ name, start(), shoppersOf?(guests), then?({ url, requests, sample, round }) }`, where `then` measures more in the same round and
 * resolves to what is added to the sample. All of it has to be over while the guests' tokens are good, for ten minutes.
 */
export async function measureServers({ contenders, gatewayUrl, goods }) {
  const guests = await signIn(gatewayUrl);
  const running = [];
  try {
    for (const { start, shoppersOf = (all) => all, ...contender } of contenders) {
      const server = await start();
      running.push(server);
      const requests = addsOf(await fillCarts(server.url, shoppersOf(guests), goods), goods);
      await load({ url: server.url, requests, seconds: warmUpSeconds });
      Object.assign(server, { ...contender, requests });
    }
    return await inShortTurns(running, measure, measureMore);
  } finally {
    for (const { stop } of running) await stop();
  }
}

async function measure({ url, pid, requests }) {
  const taskMs = fixedTaskMs();
  await withPool(url, (ask) => Promise.all(requests.slice(0, leadInRequests).map(ask)));
  const { result, ...shares } = await watch(pid, turnSeconds, () => load({ url, requests, seconds: turnSeconds }));
  return { ...result, ...shares, taskMs, memoryMb: peakMemoryMb(pid) };
}

async function measureMore({ url, requests, then = () => ({}) }, sample, round) {
  const more = await then({ url, requests, sample, round });
  return { ...more, failed: sample.failed + (more.failed ?? 0) };
}
