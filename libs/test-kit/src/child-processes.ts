import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';

/** Of the spec file that runs; `jest-environment.cjs` kills those that are left at its end. */
const ofThisSpec = (globalThis as { childProcesses?: Set<ChildProcess> }).childProcesses;

export interface EndOptions {
  /** Default KILL. */
  readonly signal?: 'KILL' | 'QUIT';
  /** Ends with this process only, not with the spec file, and keeps neither waiting. */
  readonly outlivesSpec?: boolean;
  /** Removed when this process ends before the child. */
  readonly folder?: string;
}

/**
 * Kills the child when this process ends, also by kill -9, and in Jest at the end of the spec file: a failed `beforeAll` leaves
 * nothing running.
 */
export function endWithThisProcess<Child extends ChildProcess>(child: Child, options: EndOptions = {}): Child {
  const { signal = 'KILL', outlivesSpec = false, folder = '' } = options;
  if (child.pid === undefined) return child;
  // A shell that waits for the end of its input, which comes when this process is gone.
  const script = 'read -r _; kill -s "$0" "$1"; [ -z "$2" ] || { sleep 1; rm -rf "$2"; }';
  const guard = spawn('sh', ['-c', script, signal, String(child.pid), folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.on('error', () => undefined).unref();
  (guard.stdin as Socket | null)?.unref();
  if (outlivesSpec) {
    child.unref();
    (child.stderr as Socket | null)?.unref();
  } else ofThisSpec?.add(child);
  child.once('exit', () => {
    guard.kill();
    ofThisSpec?.delete(child);
  });
  return child;
}
