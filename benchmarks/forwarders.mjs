// Forwarded requests a second: http-proxy-middleware, node:http and undici in turn, in one run, on bare Express, over connections
// that are kept. Each contender is a process of its own, as are the upstream and the load.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';

/** A program, and what it is told. */
const contenders = ['http-proxy-middleware', 'node-http', 'node-http pipeline', 'undici'];
const rounds = Number(process.env.ROUNDS ?? 9);
const seconds = Number(process.env.SECONDS ?? 2);

const freePort = async () => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  return port;
};
const start = async (contender, env) => {
  const [name, ...args] = contender.split(' ');
  const path = fileURLToPath(new URL(`forwarders/${name}.mjs`, import.meta.url));
  const child = fork(path, args, { env: { ...process.env, NODE_ENV: 'production', ...env } });
  await once(child, 'message');
  return child;
};
const authorization = `Bearer ${'x'.repeat(500)}`;
const requests = {
  'POST /Cart/Item': {
    path: '/Cart/Item',
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ id: 'badger-enamel-mug', quantity: 1 }),
  },
  'GET /Cart': { path: '/Cart', method: 'GET', headers: { authorization } },
};
const load = (port, { path, ...request }, duration) =>
  autocannon({
    url: `http://127.0.0.1:${port}${path}`,
    ...request,
    connections: 50,
    duration,
  });
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

const upstreamPort = await freePort();
const upstream = await start('upstream', { PORT: upstreamPort });
const rates = new Map(Object.keys(requests).flatMap((what) => contenders.map((name) => [`${what}, ${name}`, []])));
const ratesOf = (what, name) => rates.get(`${what}, ${name}`);
for (let round = 0; round < rounds; round += 1) {
  for (const name of contenders) {
    const port = await freePort();
    const child = await start(name, { PORT: port, UPSTREAM: `http://127.0.0.1:${upstreamPort}` });
    for (const [what, request] of Object.entries(requests)) {
      await load(port, request, 1);
      const result = await load(port, request, seconds);
      const failed = result.non2xx + result.errors;
      if (failed > 0) throw new Error(`${name}: ${failed} requests failed`);
      ratesOf(what, name).push(result.requests.average);
    }
    child.kill();
    await once(child, 'exit');
  }
}
upstream.kill();

const [baseline] = contenders;
console.log(`forwarders: ${rounds} rounds of ${seconds} s, 50 connections, in turn`);
for (const what of Object.keys(requests)) {
  for (const name of contenders) {
    const ratios = ratesOf(what, name).map((rate, round) => rate / ratesOf(what, baseline)[round]);
    const [ratio, low, high] = [median(ratios), Math.min(...ratios), Math.max(...ratios)].map((n) => n.toFixed(2));
    const rate = Math.round(median(ratesOf(what, name)));
    console.log(`${what}, ${name}: ${rate} requests/s, ratio ${ratio} (${low} to ${high})`);
  }
}
