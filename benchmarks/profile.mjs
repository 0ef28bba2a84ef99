// node benchmarks/profile.mjs NAME: puts a service under load in 0x, which leaves a flame graph in dist/profiles.
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { leaveServerCore } from './lib/cores.mjs';
import { load } from './lib/load.mjs';
import { startPeer } from './lib/peers.mjs';
import { startRedis } from './lib/redis.mjs';
import { createAddRequests, fillCarts, signIn } from './lib/shoppers.mjs';
import { startStore } from './lib/store.mjs';
import { tryInventory } from './lib/try-inventory.mjs';

const [service] = process.argv.slice(2);
const seconds = Number(process.env.SECONDS || 10);
const folder = fileURLToPath(new URL('../dist/profiles/', import.meta.url));
const { resolve } = createRequire(new URL('peers/package.json', import.meta.url));

leaveServerCore();
mkdirSync(folder, { recursive: true });
const started = [];
const keep = (server) => (started.push(server), server);
try {
  const { url: redisUrl } = keep(await startRedis());
  const { startService, gatewayUrl } = keep(await startStore(redisUrl));
  const { itemIds, response } = await tryInventory(startService, gatewayUrl);
  const upstream = keep(await startPeer('upstream', { RESPONSE: JSON.stringify(response) }, { isUnderTest: false }));
  const env = service === 'gateway' ? { INVENTORY_URL: upstream.url, CHECKOUT_URL: upstream.url } : {};
  const profiler = [
    resolve('0x/cmd.js'),
    '--quiet',
    '--working-dir',
    folder,
    '--output-dir',
    `${folder}${service}`,
    '--',
  ];
  const { url } = keep(await startService(service, { env, wrapper: [process.execPath, ...profiler] }));
  const requests = createAddRequests(await fillCarts(url, await signIn(gatewayUrl), itemIds), itemIds);
  const { perSecond } = await load({ url, requests, seconds });
  process.stdout.write(`${service}: ${Math.round(perSecond)} requests/s while it was profiled\n`);
} finally {
  for (const server of started.reverse()) await server.stop();
}
