import { leadInSeconds, seconds, warmUpSeconds } from '../settings.mjs';
import { peakMemoryMb } from './cores.mjs';
import { load } from './load.mjs';
import { inTurn } from './rounds.mjs';
import { addsOf, fillCarts, signIn } from './shoppers.mjs';
import { fixedTaskMs, watch } from './watch.mjs';

/**
 * Starts all servers, fills their shoppers' carts through them and warms them up; then measures them in turn. A contender is
 * `{ name, start(), shoppersOf?(guests), then?({ url, requests, sample, round }) }`, where `then` measures more in the same turn and
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
    return await inTurn(running, measure);
  } finally {
    for (const { stop } of running) await stop();
  }
}

async function measure({ url, pid, requests, then = () => ({}) }, round) {
  const taskMs = fixedTaskMs();
  await load({ url, requests, seconds: leadInSeconds });
  const { result, ...shares } = await watch(pid, seconds, () => load({ url, requests, seconds }));
  const sample = { ...result, ...shares, taskMs, memoryMb: peakMemoryMb(pid) };
  const more = await then({ url, requests, sample, round });
  return { ...sample, ...more, failed: result.failed + (more.failed ?? 0) };
}
