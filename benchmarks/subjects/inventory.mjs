// POST /Cart/Item of inventory, with all that production has switched on, against servers that do less.
import { p99sAtRate } from '../lib/constant-rate.mjs';
import { startPeer } from '../lib/peers.mjs';
import { bearable, ratio, spreadOf } from '../lib/rounds.mjs';
import { measureServers } from '../lib/server-rounds.mjs';
import { tryInventory } from '../lib/try-inventory.mjs';

export const title = 'Inventory: POST /Cart/Item';
const shareOfMaximum = 0.7;

export async function measure({ redis, store }) {
  const { url: REDIS_URL } = await redis();
  const { startService, gatewayUrl } = await store();
  const { goods, answer } = await tryInventory(startService, gatewayUrl);
  const ANSWER = JSON.stringify(answer);

  const rates = [];
  let bare;
  const atSameRate = async ({ round, ...server }) => {
    const [ofServer] = await p99sAtRate([server], rates[round]);
    return ofServer;
  };
  const contenders = [
    {
      name: 'bare Express',
      start: () => startPeer('bare-express', { ANSWER }),
      then(measured) {
        bare = measured;
        return {};
      },
    },
    {
      name: 'inventory',
      start: () => startService('inventory'),
      /** Of both, at a rate that both can bear. */
      async then({ sample, ...own }) {
        const perSecond = Math.min(sample.perSecond, bare.sample.perSecond) * shareOfMaximum;
        rates.push(perSecond);
        const [ofBare, { p99Ms, failed }] = await p99sAtRate([bare, own], perSecond);
        return { p99Ms, bareP99Ms: ofBare.p99Ms, failed: failed + ofBare.failed };
      },
    },
    // Its p99 is what of it is the load's and the machine's own.
    { name: 'bare node:http', start: () => startPeer('bare-node-http', { ANSWER }), then: atSameRate },
    {
      name: 'tutorial',
      start: () => startPeer('tutorial', { REDIS_URL }),
      // It takes what it is sent for the user's id.
      shoppersOf: (guests) => guests.map(({ id }) => ({ id, headers: { authorization: `Bearer ${id}` } })),
    },
    {
      name: 'express-session',
      start: () => startPeer('express-session', { REDIS_URL }),
      shoppersOf: (guests) => guests.map(({ id }) => ({ id, headers: {} })),
    },
  ];
  const samples = await measureServers({ contenders, gatewayUrl, goods });

  const of = samples.inventory;
  const against = (name, more) => ({ against: name, of, by: samples[name], ...more });
  const requests = { what: 'requests/s', pick: ({ perSecond }) => perSecond, saturates: true };
  const latency = { what: 'p99 at 70 % of the lower maximum', pick: ({ p99Ms }) => p99Ms, bears: bearable.latency };
  const bareLatencies = of.map(({ bareP99Ms }, round) => ({ ...samples['bare Express'][round], p99Ms: bareP99Ms }));
  return {
    samples,
    figures: [
      ratio(against('bare Express', { ...requests, target: { atLeast: 0.85 } })),
      ratio(against('tutorial', { ...requests, target: { atLeast: 1.2 } })),
      ratio(against('express-session', { ...requests, target: { atLeast: 1.7 } })),
      ratio(against('bare node:http', requests)),
      ratio(against('bare Express', { ...latency, by: bareLatencies, target: { atMost: 1.5 } })),
      { what: 'memory under load, MB', target: { atMost: 110 }, ...spreadOf(of.map(({ memoryMb }) => memoryMb)) },
    ],
  };
}
