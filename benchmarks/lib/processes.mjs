import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const readyWithinMs = 60_000;

/** What is left when this process ends, however it ends, ends with it. */
const left = new Set();
process.once('exit', () => left.forEach((child) => child.kill('SIGTERM')));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

/** A port below the range from which systems take those of outgoing connections. */
export async function freePort() {
  for (let tries = 0; tries < 50; tries += 1) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const probe = createServer().listen(port, '127.0.0.1');
    const isFree = await once(probe, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    probe.close();
    await once(probe, 'close');
    return port;
  }
  throw new Error('there is no free port');
}

/** Starts a program; resolves when `isReady` resolves to true. Rejects, with nothing left running, where it ends before. */
export async function startProgram({ command: [file, ...args], isReady, ...options }) {
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit'], ...options });
  left.add(child);
  const exited = once(child, 'exit').then(() => left.delete(child));
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await exited;
  };
  try {
    await until(`${file} ${args.join(' ')} is ready`, () => {
      if (child.exitCode !== null) throw new Error(`${file} ended with ${child.exitCode}`);
      return isReady(child);
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { child, pid: child.pid, stop };
}

export async function until(what, holds, { withinMs = readyWithinMs, everyMs = 20 } = {}) {
  const end = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`);
    await sleep(everyMs);
  }
}

/** Whether a server listens on a port of this machine. */
export async function listens(port) {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
