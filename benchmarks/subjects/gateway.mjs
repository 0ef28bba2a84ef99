// POST /Cart/Item through the gateway, with token check, limits, log and metrics, against a proxy with nothing on. The upstream of both
// reads a body and sends inventory's bytes.
import { startPeer } from '../lib/peers.mjs';
import { figure, ratio } from '../lib/rounds.mjs';
import { measureServers } from '../lib/server-rounds.mjs';
import { tryInventory } from '../lib/try-inventory.mjs';

export const title = 'Gateway: POST /Cart/Item, forwarded';
const peer = 'http-proxy-middleware';

export async function measure({ store }) {
  const { startService, gatewayUrl } = await store();
  const { itemIds, response } = await tryInventory(startService, gatewayUrl);
  const upstream = await startPeer('upstream', { RESPONSE: JSON.stringify(response) }, { isUnderTest: false });
  try {
    const env = { INVENTORY_URL: upstream.url, CHECKOUT_URL: upstream.url };
    const contenders = [
      { name: 'gateway', start: () => startService('gateway', { env }) },
      { name: peer, start: () => startPeer(peer, { UPSTREAM: upstream.url }) },
    ];
    const samples = await measureServers({ contenders, gatewayUrl, itemIds });
    const of = samples.gateway;
    return {
      samples,
      figures: [
        ratio({
          what: 'requests/s',
          against: peer,
          target: { atLeast: 0.9 },
          of,
          by: samples[peer],
          key: 'perSecond',
          saturates: true,
        }),
        figure('memory under load, MB', of, 'memoryMb', { atMost: 110 }),
      ],
    };
  } finally {
    await upstream.stop();
  }
}
