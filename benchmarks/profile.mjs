// node benchmarks/profile.mjs NAME: a service under load; where its time goes, as a flame graph and as a list, and who allocates. The
// .cpuprofile that is left beside the graph opens in the tools for developers of Chrome and of editors.
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { leaveTheServersCore } from './lib/cores.mjs';
import { toFlameGraph } from './lib/flame-graph.mjs';
import { generator, load } from './lib/load.mjs';
import { startPeer } from './lib/peers.mjs';
import { askProbe, probeOptions } from './lib/probed.mjs';
import { startRedis } from './lib/redis.mjs';
import { addRequest, addsOf, fillCarts, signIn, withPool } from './lib/shoppers.mjs';
import { startStore } from './lib/store.mjs';
import { toLines } from './lib/table.mjs';
import { tryInventory } from './lib/try-inventory.mjs';
import { largest, readCpuProfile, readHeapProfile } from './lib/v8-profile.mjs';

const [service] = process.argv.slice(2);
const seconds = Number(process.env.SECONDS || 10);
const shown = 20;
/** For the allocations: before they are looked at, and while they are. */
const [warmUpRequests, countedRequests] = [3000, 1000];
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
  await withServer(['--cpu-prof', `--cpu-prof-dir=${raw}`, '--cpu-prof-interval=500'], async ({ url }, shoppers) => {
    const { perSecond } = await load({ url, requests: addsOf(shoppers, goods), seconds });
    process.stdout.write(`${service}: ${Math.round(perSecond)} requests/s by ${generator} while it was watched\n`);
  });
  tellTimes();
  await withServer(probeOptions, (server, shoppers) =>
    withPool(server.url, async (ask) => {
      const askTimes = async (times) => {
        for (let n = 0; n < times; n += 1) await ask(addRequest(shoppers[n % shoppers.length], goods[0]));
      };
      await askTimes(warmUpRequests);
      await askProbe(server, 'startSampling');
      await askTimes(countedRequests);
      tellAllocations(await askProbe(server, 'stopSampling'));
    }),
  );

  async function withServer(nodeOptions, use) {
    const server = await startService(service, { env, nodeOptions });
    try {
      await use(server, await fillCarts(server.url, await signIn(gatewayUrl), goods));
    } finally {
      await server.stop();
    }
  }
} finally {
  for (const server of started.reverse()) await server.stop();
}

function tellTimes() {
  const [file] = readdirSync(raw);
  const profile = join(folder, `${name}.cpuprofile`);
  renameSync(join(raw, file), profile);
  rmSync(raw, { recursive: true });
  const tree = readCpuProfile(profile);
  const graph = join(folder, `${name}.svg`);
  writeFileSync(graph, toFlameGraph(tree, `${service}, POST /Cart/Item, ${seconds} s`));
  tell('time', tree, ({ share }) => `${(share * 100).toFixed(1)} %`);
  process.stdout.write(`${relative(root, graph)}\n${relative(root, profile)}\n\n`);
}

function tellAllocations(profile) {
  const tree = readHeapProfile(profile);
  const toKb = (bytes) => (bytes / countedRequests / 1000).toFixed(1);
  tell('KB a request', tree, ({ own }) => toKb(own));
  process.stdout.write(`${toKb(tree.all)} KB a request in all\n`);
}

function tell(what, tree, toText) {
  const rows = largest(tree, shown).map((each) => [toText(each), each.name, each.place]);
  process.stdout.write(`${toLines([[what, 'itself, of the function', 'where'], ...rows]).join('\n')}\n`);
}
