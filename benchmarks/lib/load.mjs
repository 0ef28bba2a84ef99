// As many requests as a server can answer: by wrk where it is installed, else by autocannon.
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import autocannon from 'autocannon';
import { connections } from '../settings.mjs';

const hasWrk = spawnSync('wrk', ['-v']).error === undefined;

/** Name and version. */
export const generator = hasWrk
  ? `wrk ${/\d[\d.]+/.exec(spawnSync('wrk', ['-v'], { encoding: 'utf8' }).stdout)[0]}`
  : `autocannon ${createRequire(import.meta.url)('autocannon/package.json').version}`;

/** `{ perSecond, failed }`: requests a second that were answered, and how many of all had no answer or another than 2xx. */
export const load = hasWrk ? withWrk : withAutocannon;

async function withWrk({ url, requests, seconds }) {
  const folder = await mkdtemp(join(tmpdir(), 'badger-bench-load-'));
  try {
    const file = join(folder, 'requests');
    await writeFile(file, requests.map((request) => toText(request, new URL(url).host)).join('\0'));
    const script = fileURLToPath(new URL('wrk.lua', import.meta.url));
    const sizes = ['-t', '1', '-c', String(connections), '-d', `${seconds}s`, '--timeout', '10s'];
    const { stdout } = await promisify(execFile)('wrk', [...sizes, '-s', script, url, '--', file]);
    const { answered, us, failed } = JSON.parse(stdout.slice(stdout.lastIndexOf('{')));
    return { perSecond: answered / (us / 1e6), failed };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function toText({ method, path, headers, body = '' }, host) {
  const all = { host, ...headers, 'content-length': Buffer.byteLength(body) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${path} HTTP/1.1`, ...lines, '', body].join('\r\n');
}

/** Each connection has shoppers of its own, and sends their requests one after the other. */
async function withAutocannon({ url, requests, seconds }) {
  let next = 0;
  const share = Math.ceil(requests.length / connections);
  const setupClient = (client) => client.setRequests(requests.slice(next * share, ++next * share));
  const { errors, non2xx, requests: answered } = await autocannon({ url, connections, duration: seconds, setupClient });
  return { perSecond: answered.average, failed: errors + non2xx };
}
