// The server under test has a core for itself; the load, Redis, PostgreSQL and upstreams share the others.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const count = availableParallelism();
const serverCore = 0;
const otherCores = count > 2 ? `1-${count - 1}` : '1';
const canPin = count > 1 && spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status === 0;
const ticksPerSecond = 100;

export const pinning = canPin
  ? `the server on core ${serverCore}, everything else on ${otherCores}`
  : 'not pinned: there is one core, or no taskset';

/** Moves this process and all that it starts off the server's core. */
export function leaveServerCore() {
  if (!canPin) return;
  const { status } = spawnSync('taskset', ['-a', '-p', '-c', otherCores, String(process.pid)], { stdio: 'ignore' });
  if (status !== 0) throw new Error('taskset cannot move this process to other cores');
}

/** The same command, on the server's core where processes can be held to one. */
export const onServerCore = (command) => (canPin ? ['taskset', '-c', String(serverCore), ...command] : command);

/** Runs something that takes `forSeconds`; resolves to its result, and to the share of a core that a process used in the middle half. */
export async function watchCore(pid, forSeconds, run) {
  const [result, ownCore] = await Promise.all([run(), measureOwnCore(pid, forSeconds)]);
  return { ...result, ownCore };
}

async function measureOwnCore(pid, forSeconds) {
  await sleep(forSeconds * 250);
  const [before, startedAt] = [readCpuTicks(pid), performance.now()];
  await sleep(forSeconds * 500);
  return (readCpuTicks(pid) - before) / (((performance.now() - startedAt) / 1000) * ticksPerSecond);
}

/** Ticks of CPU that a process has used. */
function readCpuTicks(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/** The most memory that a process has held so far, in MB (10^6). */
export function peakMemoryMb(pid) {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return (Number(kib) * 1024) / 1e6;
}
