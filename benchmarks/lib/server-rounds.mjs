import { seconds, warmUpSeconds } from '../settings.mjs';
import { peakMemoryMb, watchCore } from './cores.mjs';
import { load } from './load.mjs';
import { roundRobin } from './rounds.mjs';
import { createAddRequests, fillCarts, signIn } from './shoppers.mjs';

/**
 * Starts all servers, fills their shoppers' carts through them and warms them up; then measures them in turn. A contender is
 * `{ name, start(), selectShoppers?(guests) }`. All of it has to be over while the guests' tokens are valid, for ten minutes.
 */
export async function measureServers({ contenders, gatewayUrl, itemIds }) {
  const guests = await signIn(gatewayUrl);
  const running = [];
  try {
    for (const { name, start, selectShoppers = (all) => all } of contenders) {
      const server = await start();
      running.push(server);
      const requests = createAddRequests(await fillCarts(server.url, selectShoppers(guests), itemIds), itemIds);
      await load({ url: server.url, requests, seconds: warmUpSeconds });
      Object.assign(server, { name, requests });
    }
    return await roundRobin(running, async ({ url, pid, requests }) => ({
      ...(await watchCore(pid, seconds, () => load({ url, requests, seconds }))),
      memoryMb: peakMemoryMb(pid),
    }));
  } finally {
    for (const { stop } of running) await stop();
  }
}
