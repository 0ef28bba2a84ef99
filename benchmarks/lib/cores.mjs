// The server under test has a core for itself; the load, Redis, PostgreSQL and upstreams share the others.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const count = availableParallelism();

export const serverCore = 0;
export const otherCores = count > 2 ? `1-${count - 1}` : '1';
export const canPin = count > 1 && spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status === 0;

/** This process and all that it starts stay off the server's core. */
export function leaveTheServersCore() {
  if (!canPin) return;
  const { status } = spawnSync('taskset', ['-a', '-p', '-c', otherCores, String(process.pid)], { stdio: 'ignore' });
  if (status !== 0) throw new Error('taskset cannot move this process to other cores');
}

/** The same command, on the server's core where processes can be held to one. */
export const onServersCore = (command) => (canPin ? ['taskset', '-c', String(serverCore), ...command] : command);

/** Ticks of a hundredth of a second that the server's core has spent since the machine began: all, busy, and stolen by its host. */
export function ticksOfServersCore() {
  const name = canPin ? `cpu${serverCore}` : 'cpu';
  const line = readFileSync('/proc/stat', 'utf8')
    .split('\n')
    .find((each) => each.startsWith(`${name} `));
  const [user, nice, system, idle, ioWait, irq, softIrq, steal] = line.trim().split(/\s+/).slice(1).map(Number);
  const busy = user + nice + system + irq + softIrq;
  return { busy, steal, all: busy + steal + idle + ioWait };
}

/** Ticks of CPU that a process has used. */
export function ticksOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return user + system;
}

/** The most memory that a process has held so far, in MB (10^6). */
export function peakMemoryMb(pid) {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return (Number(kib) * 1024) / 1e6;
}
