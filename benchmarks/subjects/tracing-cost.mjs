// Adds through inventory with a collector of traces, for all requests and for a share of them, against inventory without one.
import { startPeer } from '../lib/peers.mjs';
import { ratio } from '../lib/rounds.mjs';
import { measureServers } from '../lib/server-rounds.mjs';
import { tryInventory } from '../lib/try-inventory.mjs';

export const title = 'Cost of traces';
const shares = ['0.01', '0.1', '1'];

export async function measure({ store }) {
  const { startService, gatewayUrl } = await store();
  const { itemIds } = await tryInventory(startService, gatewayUrl);
  const RESPONSE = JSON.stringify({ status: 200, headers: {}, body: {} });
  const collector = await startPeer('upstream', { RESPONSE }, { isUnderTest: false });
  try {
    const traced = (share) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER_ARG: share });
    const contenders = [
      { name: 'no collector', start: () => startService('inventory') },
      ...shares.map((share) => ({ name: share, start: () => startService('inventory', { env: traced(share) }) })),
    ];
    const samples = await measureServers({ contenders, gatewayUrl, itemIds });
    const by = samples['no collector'];
    const figures = shares.map((share) =>
      ratio({ what: `requests/s, share ${share}`, against: 'no collector', of: samples[share], by, key: 'perSecond' }),
    );
    return { samples, figures };
  } finally {
    await collector.stop();
  }
}
