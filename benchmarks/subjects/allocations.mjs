// What a request allocates on V8's heap, counted: in a server whose young generation is so large that nothing is collected meanwhile.
// A count, which a busy machine does not change much, unlike the time that collecting it takes.
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startPeer } from '../lib/peers.mjs';
import { figure, roundRobin, ratio } from '../lib/rounds.mjs';
import { addRequest, fillCarts, signIn, withPool } from '../lib/shoppers.mjs';
import { tryInventory } from '../lib/try-inventory.mjs';
import { roundsOfCounts } from '../settings.mjs';

export const title = 'Allocations of a request';
/** On Node 20. The run fails above these; lower them when a request gets cheaper. */
const budgetsKb = { inventory: 50, gateway: 75 };
const warmUpRequests = 5000;
const requests = 1000;
const guests = 100;
const nodeOptions = [
  ...['--min-semi-space-size=256', '--max-semi-space-size=256', '--expose-gc'],
  ...['--require', fileURLToPath(new URL('../lib/heap-probe.cjs', import.meta.url))],
];

export async function measure({ store }) {
  const { startService, gatewayUrl } = await store();
  const { itemIds, response } = await tryInventory(startService, gatewayUrl);
  const RESPONSE = JSON.stringify(response);
  const upstream = await startPeer('upstream', { RESPONSE }, { isUnderTest: false });
  const env = { INVENTORY_URL: upstream.url, CHECKOUT_URL: upstream.url };
  const contenders = [
    { name: 'inventory', start: () => startService('inventory', { nodeOptions }) },
    { name: 'bare Express', start: () => startPeer('bare-express', { RESPONSE }, { nodeOptions }) },
    { name: 'gateway', start: () => startService('gateway', { env, nodeOptions }) },
    {
      name: 'http-proxy-middleware',
      start: () => startPeer('http-proxy-middleware', { UPSTREAM: upstream.url }, { nodeOptions }),
    },
  ];
  try {
    const samples = await roundRobin(
      contenders,
      async ({ start }) => {
        const server = await start();
        try {
          const shoppers = await fillCarts(server.url, await signIn(gatewayUrl, guests), itemIds);
          return { allocatedKb: await allocatedKb(server, shoppers, itemIds[0]) };
        } finally {
          await server.stop();
        }
      },
      roundsOfCounts,
    );
    const kilobytes = (name) => ({
      ...figure(`${name}, KB`, samples[name], 'allocatedKb', { atMost: budgetsKb[name] }),
      isBudget: true,
    });
    const against = (name, peer) =>
      ratio({ what: name, against: peer, of: samples[name], by: samples[peer], key: 'allocatedKb' });
    return {
      samples,
      figures: [
        kilobytes('inventory'),
        kilobytes('gateway'),
        against('inventory', 'bare Express'),
        against('gateway', 'http-proxy-middleware'),
      ],
    };
  } finally {
    await upstream.stop();
  }
}

async function allocatedKb(server, shoppers, id) {
  return withPool(server.url, async (ask) => {
    const askTimes = async (times) => {
      for (let n = 0; n < times; n += 1) await ask(addRequest(shoppers[n % shoppers.length], id));
    };
    await askTimes(warmUpRequests);
    const before = await askProbe(server, 'collect');
    await askTimes(requests);
    const after = await askProbe(server, 'look');
    if (after.collections !== before.collections) throw new Error('V8 collected while allocations were counted');
    return (after.bytes - before.bytes) / requests / 1000;
  });
}

/** Asks the probe in a server; `heap-probe.cjs` has the questions. */
async function askProbe({ child }, question) {
  child.send(question);
  const [reply] = await once(child, 'message');
  return reply;
}
