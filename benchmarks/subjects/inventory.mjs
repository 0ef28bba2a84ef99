// POST /Cart/Item of inventory, with all that production has switched on, against servers that do less.
import { startPeer } from '../lib/peers.mjs';
import { figure, latencySpread, ratio } from '../lib/rounds.mjs';
import { measureServers } from '../lib/server-rounds.mjs';
import { tryInventory } from '../lib/try-inventory.mjs';

export const title = 'Inventory: POST /Cart/Item';

export async function measure({ redis, store }) {
  const { url: REDIS_URL } = await redis();
  const { startService, gatewayUrl } = await store();
  const { itemIds, response } = await tryInventory(startService, gatewayUrl);
  const contenders = [
    { name: 'bare Express', start: () => startPeer('bare-express', { RESPONSE: JSON.stringify(response) }) },
    { name: 'inventory', start: () => startService('inventory') },
    {
      name: 'tutorial',
      start: () => startPeer('tutorial', { REDIS_URL }),
      // It takes what it is sent for the user's id.
      selectShoppers: (guests) => guests.map(({ id }) => ({ id, headers: { authorization: `Bearer ${id}` } })),
    },
    {
      name: 'express-session',
      start: () => startPeer('express-session', { REDIS_URL }),
      selectShoppers: (guests) => guests.map(({ id }) => ({ id, headers: {} })),
    },
  ];
  const samples = await measureServers({ contenders, gatewayUrl, itemIds });
  const of = samples.inventory;
  const against = (name, target) =>
    ratio({ what: 'requests/s', against: name, target, of, by: samples[name], key: 'perSecond', saturates: true });
  return {
    samples,
    figures: [
      against('bare Express', { atLeast: 0.85 }),
      against('tutorial', { atLeast: 1.2 }),
      against('express-session', { atLeast: 1.7 }),
      ratio({
        what: 'p99 of 50 connections',
        against: 'bare Express',
        target: { atMost: 1.5 },
        of,
        by: samples['bare Express'],
        key: 'p99Ms',
        spread: latencySpread,
      }),
      figure('memory under load, MB', of, 'memoryMb', { atMost: 110 }),
    ],
  };
}
