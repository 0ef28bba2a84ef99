// Forwarded requests a second: http-proxy-middleware, node:http and undici in turn, in one run, on bare Express, over connections
// that are kept. Each contender is a process of its own, as are the upstream and the load.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';

const contenders = ['http-proxy-middleware', 'node-http', 'undici'];
const rounds = Number(process.env.ROUNDS ?? 5);
const seconds = Number(process.env.SECONDS ?? 4);

const freePort = async () => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  return port;
};
const start = async (name, env) => {
  const path = fileURLToPath(new URL(`forwarders/${name}.mjs`, import.meta.url));
  const child = fork(path, { env: { ...process.env, NODE_ENV: 'production', ...env } });
  await once(child, 'message');
  return child;
};
const body = JSON.stringify({ id: 'badger-enamel-mug', quantity: 1 });
const load = (port, duration) =>
  autocannon({
    url: `http://127.0.0.1:${port}/Cart/Item`,
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${'x'.repeat(500)}` },
    body,
    connections: 50,
    duration,
  });
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

const upstreamPort = await freePort();
const upstream = await start('upstream', { PORT: upstreamPort });
const rates = new Map(contenders.map((name) => [name, []]));
for (let round = 0; round < rounds; round += 1) {
  for (const name of contenders) {
    const port = await freePort();
    const child = await start(name, { PORT: port, UPSTREAM: `http://127.0.0.1:${upstreamPort}` });
    await load(port, 1);
    const { requests, non2xx, errors } = await load(port, seconds);
    if (non2xx + errors > 0) throw new Error(`${name}: ${non2xx + errors} requests failed`);
    rates.get(name).push(requests.average);
    child.kill();
    await once(child, 'exit');
  }
}
upstream.kill();

const [baseline] = contenders;
console.log(`forwarders: ${rounds} rounds of ${seconds} s, 50 connections, in turn`);
for (const name of contenders) {
  const ratios = rates.get(name).map((rate, round) => rate / rates.get(baseline)[round]);
  const [ratio, low, high] = [median(ratios), Math.min(...ratios), Math.max(...ratios)].map((n) => n.toFixed(2));
  console.log(
    `${name.padEnd(22)} ${Math.round(median(rates.get(name)))} requests/s, ratio ${ratio} (${low} to ${high})`,
  );
}
