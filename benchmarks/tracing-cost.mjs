// What traces cost: adds to carts through inventory without a collector and with one, of all requests and of a share of them, in turn,
// in one run. Inventories, gateway, Redis, PostgreSQL and collector are processes of their own. `npm run bench -- tracing-cost`.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';

/** Takes whatever is sent, and tells, when asked for by GET, how many requests it was. */
async function collect() {
  let received = 0;
  const server = createServer((request, response) => {
    if (request.method === 'GET') return response.end(String(received));
    received += 1;
    request.resume().on('end', () => response.setHeader('Content-Type', 'application/json').end('{}'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.send(server.address().port);
}

async function measure() {
  const rounds = Number(process.env.ROUNDS ?? 15);
  const seconds = Number(process.env.SECONDS ?? 1);
  const connections = 20;
  const subjects = ['none', '0.01', '0.1', '1'];

  const folder = mkdtempSync(join(tmpdir(), 'badger-tracing-cost-'));
  symlinkSync(fileURLToPath(new URL('../dist', import.meta.url)), join(folder, 'dist'));
  const children = [];
  const start = (path, args, env) => {
    const options = { cwd: folder, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] };
    const child = spawn(process.execPath, [join('dist', path), ...args], options);
    children.push(child);
    return child;
  };
  const ports = await freePorts(4 + subjects.length);
  const [redis, postgres, gateway, checkout, ...inventories] = ports;

  try {
    const stack = start('tools/stack/main.js', ['--deps'], { REDIS_PORT: redis, POSTGRES_PORT: postgres });
    await said(stack, /^ready/);
    const collector = fork(fileURLToPath(import.meta.url), ['collector']);
    children.push(collector);
    const [collectorPort] = await once(collector, 'message');

    const serve = async (service, port, env) => {
      start(`apps/${service}/main.js`, [], {
        ...{ NODE_ENV: 'development', LOG_LEVEL: 'error', PORT: port, REDIS_URL: `redis://127.0.0.1:${redis}` },
        ...{ DATABASE_URL: `postgres://${service}:${service}@127.0.0.1:${postgres}/badger_store` },
        ...{ INVENTORY_URL: `http://127.0.0.1:${inventories[0]}`, CHECKOUT_URL: `http://127.0.0.1:${checkout}` },
        ...{ JWKS_URL: `http://127.0.0.1:${gateway}/.well-known/jwks.json`, CART_MAX_QUANTITY: 1_000_000 },
        ...{ OTEL_EXPORTER_OTLP_ENDPOINT: '', OTEL_TRACES_SAMPLER_ARG: '', ...env },
      });
      await answers(`http://127.0.0.1:${port}/readyz`);
    };
    await serve('gateway', gateway, {});
    for (const [index, share] of subjects.entries()) {
      const traced = {
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collectorPort}`,
        OTEL_TRACES_SAMPLER_ARG: share,
      };
      await serve('inventory', inventories[index], share === 'none' ? {} : traced);
    }
    const tokens = [];
    while (tokens.length < connections) {
      const answer = await fetch(`http://127.0.0.1:${gateway}/auth/guest`, { method: 'POST' });
      tokens.push((await answer.json()).userToken);
    }

    const samples = new Map(subjects.map((share) => [share, []]));
    // The first round warms them up.
    for (let round = -1; round < rounds; round += 1) {
      for (const share of inTurn(subjects, round)) {
        const sample = await load(inventories[subjects.indexOf(share)], tokens, seconds);
        if (round >= 0) samples.get(share).push(sample);
      }
    }
    const batches = Number(await (await fetch(`http://127.0.0.1:${collectorPort}`)).text());
    if (batches === 0) throw new Error('no traces arrived at the collector');
    report(samples, `${rounds} rounds of ${seconds} s, ${connections} connections, ${batches} batches of traces sent`);
  } finally {
    for (const child of children.reverse()) {
      if (child.exitCode !== null) continue;
      child.kill();
      await once(child, 'exit');
    }
    rmSync(folder, { recursive: true });
  }
}

/** Requests a second, and what each cost the service in milliseconds of a processor. */
async function load(port, tokens, duration) {
  const before = await processorSeconds(port);
  const result = await autocannon({
    url: `http://127.0.0.1:${port}/Cart/Item`,
    connections: tokens.length,
    duration,
    requests: tokens.map((token) => ({
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ id: 'badger-enamel-mug' }),
    })),
  });
  const failed = result.non2xx + result.errors;
  if (failed > 0) throw new Error(`${failed} requests failed`);
  const spent = (await processorSeconds(port)) - before;
  return { rate: result.requests.total / result.duration, cost: (1000 * spent) / result.requests.total };
}

/** Over a connection of its own: one that waited for its next use might be closed by then. */
async function processorSeconds(port) {
  const [response] = await once(get(`http://127.0.0.1:${port}/metrics`, { agent: false }), 'response');
  return Number(/^process_cpu_seconds_total\S* (\S+)/m.exec(await text(response))?.[1]);
}

function report(samples, how) {
  console.log(`tracing-cost: ${how}`);
  const baseline = samples.get('none');
  for (const [share, values] of samples) {
    const ratio = (what) => {
      const ratios = values.map((value, round) => value[what] / baseline[round][what]);
      const [middle, low, high] = [median(ratios), Math.min(...ratios), Math.max(...ratios)].map((n) => n.toFixed(2));
      return `${middle} (${low} to ${high})`;
    };
    const [rate, cost] = ['rate', 'cost'].map((what) => median(values.map((value) => value[what])));
    const name = share === 'none' ? 'no collector' : `share ${share}`;
    console.log(
      `${name}: ${Math.round(rate)} requests/s, ratio ${ratio('rate')}; ${cost.toFixed(3)} ms of processor each, ratio ${ratio('cost')}`,
    );
  }
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** In another order every round, so that none always comes after the same one. */
const inTurn = (subjects, round) => subjects.map((_, index) => subjects[(index + round + 1) % subjects.length]);

async function said(child, wanted) {
  for await (const line of createInterface({ input: child.stdout }))
    if (wanted.test(line)) return child.stdout.resume();
  throw new Error('the dependencies did not start');
}

async function answers(url) {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(50);
  }
  throw new Error(`${url} does not answer`);
}

async function freePorts(count) {
  const probes = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(probes.map((probe) => once(probe, 'listening')));
  const ports = probes.map((probe) => probe.address().port);
  for (const probe of probes) probe.close();
  return ports;
}

if (process.argv[2] === 'collector') await collect();
else await measure();
