// node --expose-gc benchmarks/revocation-list.mjs: memory and CPU of a service's list with a million sessions revoked in ten minutes.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const minutes = 10;
const pollsPerMinute = 167;
const sessionsPerPoll = 599;
const lookups = 1_000_000;

const folder = await mkdtemp(join(tmpdir(), 'badger-revocations-'));
const outfile = join(folder, 'revocation-list.cjs');
const source = fileURLToPath(new URL('../libs/service-kit/src/revocations/revocation-list.ts', import.meta.url));
await build({ entryPoints: [source], bundle: true, platform: 'node', outfile, logLevel: 'error' });
const { createRevocationList } = createRequire(import.meta.url)(outfile);
await rm(folder, { recursive: true });

let time = 0;
const list = createRevocationList({ now: () => time });
const usedMiB = () => {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
};
const cpuMs = (since) => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
};
const print = (what, value) => process.stdout.write(`${what.padEnd(46)} ${value}\n`);

const before = usedMiB();
const start = process.cpuUsage();
let longestMs = 0;
for (let poll = 0; poll < minutes * pollsPerMinute; poll += 1) {
  time = (poll * 60_000) / pollsPerMinute;
  const page = { completeUntil: new Date(time), users: [], apiKeys: [], sessions: randomBytes(8 * sessionsPerPoll) };
  const since = process.cpuUsage();
  list.addPage(page);
  longestMs = Math.max(longestMs, cpuMs(since));
}
const addedMs = cpuMs(start);
print('revoked sessions', minutes * pollsPerMinute * sessionsPerPoll);
print('memory, MiB', (usedMiB() - before).toFixed(1));
print('CPU of ten minutes of polls, ms', addedMs.toFixed(0));
print('CPU of the longest poll, ms', longestMs.toFixed(1));

const holders = Array.from({ length: 1000 }, (_, i) => ({
  id: `u-${i}`,
  sessionId: randomBytes(16).toString('base64url'),
  sessionVersion: 1,
  issuedAt: 1e9,
}));
for (const [what, getHolder] of [
  ['a check of a userToken that is remembered, µs', (i) => holders[i % holders.length]],
  ['a check of a new userToken, µs', (i) => ({ ...holders[i % holders.length] })],
]) {
  const since = process.cpuUsage();
  for (let i = 0; i < lookups; i += 1) list.isRevoked(getHolder(i));
  print(what, ((cpuMs(since) * 1000) / lookups).toFixed(2));
}
