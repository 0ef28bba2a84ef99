import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';

/** Of the spec file that runs; `jest-environment.cjs` kills those that are left at its end. */
const ofThisSpec = (globalThis as { childProcesses?: Set<ChildProcess> }).childProcesses;

/**
 * Kills the child when this process ends, also by kill -9, and in Jest at the end of the spec file: a failed `beforeAll` leaves
 * nothing running.
 */
export function endWithThisProcess<Child extends ChildProcess>(child: Child, signal: 'KILL' | 'QUIT' = 'KILL'): Child {
  if (child.pid === undefined) return child;
  // A shell that waits for the end of its input, which comes when this process is gone.
  const guard = spawn('sh', ['-c', 'read -r _; kill -s "$0" "$1"', signal, String(child.pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.on('error', () => undefined).unref();
  (guard.stdin as Socket | null)?.unref();
  ofThisSpec?.add(child);
  child.once('exit', () => {
    guard.kill();
    ofThisSpec?.delete(child);
  });
  return child;
}
