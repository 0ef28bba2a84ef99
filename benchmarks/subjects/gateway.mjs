// POST /Cart/Item through the gateway, with token check, limits, log and metrics, against a proxy with nothing on. The upstream of both
// takes a body and answers inventory's bytes.
import { startPeer } from '../lib/peers.mjs';
import { ratio, spreadOf } from '../lib/rounds.mjs';
import { measureServers } from '../lib/server-rounds.mjs';
import { tryInventory } from '../lib/try-inventory.mjs';

export const title = 'Gateway: POST /Cart/Item, forwarded';

export async function measure({ store }) {
  const { startService, gatewayUrl } = await store();
  const { goods, answer } = await tryInventory(startService, gatewayUrl);
  const upstream = await startPeer('upstream', { ANSWER: JSON.stringify(answer) }, { isUnderTest: false });
  try {
    const env = { INVENTORY_URL: upstream.url, CHECKOUT_URL: upstream.url };
    const contenders = [
      { name: 'gateway', start: () => startService('gateway', { env }) },
      {
        name: 'http-proxy-middleware',
        start: () => startPeer('http-proxy-middleware', { UPSTREAM: upstream.url }),
      },
    ];
    const samples = await measureServers({ contenders, gatewayUrl, goods });
    return {
      samples,
      figures: [
        ratio({
          ...{ what: 'requests/s', against: 'http-proxy-middleware', target: { atLeast: 0.9 } },
          ...{
            of: samples.gateway,
            by: samples['http-proxy-middleware'],
            pick: ({ perSecond }) => perSecond,
            saturates: true,
          },
        }),
        {
          ...{ what: 'memory under load, MB', target: { atMost: 110 } },
          ...spreadOf(samples.gateway.map(({ memoryMb }) => memoryMb)),
        },
      ],
    };
  } finally {
    await upstream.stop();
  }
}
