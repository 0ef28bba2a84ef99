// node benchmarks/profile.mjs NAME: a service under load, and where its time goes, as a flame graph and as a list. The .cpuprofile
// that is left beside it opens in the tools for developers of Chrome and of editors.
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { leaveTheServersCore } from './lib/cores.mjs';
import { longest, readCpuProfile } from './lib/cpu-profile.mjs';
import { toFlameGraph } from './lib/flame-graph.mjs';
import { generator, load } from './lib/load.mjs';
import { startPeer } from './lib/peers.mjs';
import { startRedis } from './lib/redis.mjs';
import { addsOf, fillCarts, signIn } from './lib/shoppers.mjs';
import { startStore } from './lib/store.mjs';
import { toLines } from './lib/table.mjs';
import { tryInventory } from './lib/try-inventory.mjs';

const [service] = process.argv.slice(2);
const seconds = Number(process.env.SECONDS || 10);
const shown = 20;
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'dist', 'profiles');

leaveTheServersCore();
mkdirSync(folder, { recursive: true });
const started = [];
const keep = (server) => (started.push(server), server);
const name = `${service}-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}`;
const raw = join(folder, name);
try {
  const { url: redisUrl } = keep(await startRedis());
  const { startService, gatewayUrl } = keep(await startStore(redisUrl));
  const { goods, answer } = await tryInventory(startService, gatewayUrl);
  const upstream = keep(await startPeer('upstream', { ANSWER: JSON.stringify(answer) }, { isUnderTest: false }));
  const env = service === 'gateway' ? { INVENTORY_URL: upstream.url, CHECKOUT_URL: upstream.url } : {};
  const nodeOptions = ['--cpu-prof', `--cpu-prof-dir=${raw}`, '--cpu-prof-interval=500'];
  const { url, stop } = await startService(service, { env, nodeOptions });
  try {
    const requests = addsOf(await fillCarts(url, await signIn(gatewayUrl), goods), goods);
    const perSecond = await load({ url, requests, seconds });
    process.stdout.write(`${service}: ${Math.round(perSecond)} requests/s by ${generator} while it was watched\n`);
  } finally {
    await stop();
  }
  report();
} finally {
  for (const server of started.reverse()) await server.stop();
}

function report() {
  const [file] = readdirSync(raw);
  const profile = join(folder, `${name}.cpuprofile`);
  renameSync(join(raw, file), profile);
  rmSync(raw, { recursive: true });
  const tree = readCpuProfile(profile);
  const graph = join(folder, `${name}.svg`);
  writeFileSync(graph, toFlameGraph(tree, `${service}, POST /Cart/Item, ${seconds} s`));
  const rows = longest(tree, shown).map(({ name: what, place, share }) => [
    `${(share * 100).toFixed(1)} %`,
    what,
    place,
  ]);
  process.stdout.write(`${toLines([['itself', 'function', 'where'], ...rows]).join('\n')}\n`);
  process.stdout.write(`${relative(root, graph)}\n${relative(root, profile)}\n`);
}
