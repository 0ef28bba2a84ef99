import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endWithThisProcess } from '@badger-store/test-kit';

/** Runs programs with a list of names of their own, as the pods of a cluster have; needs Linux, and root or user namespaces. */
export interface Machine {
  /** Says which address a name has, or that none is known. */
  name(host: string, address?: string): void;
  /** `hostsFile` replaces the list of names, as a volume at /etc/hosts does. */
  spawn(command: readonly string[], options?: SpawnOptions, hostsFile?: string): ChildProcess;
  /** Its exit code, or the signal that ended it. */
  run(
    command: readonly string[],
    options?: SpawnOptions,
    hostsFile?: string,
  ): Promise<{ code: number | NodeJS.Signals; output: string }>;
}

const separate = process.getuid?.() === 0 ? ['--mount'] : ['--user', '--map-root-user', '--mount'];

export function createMachine(folder: string): Machine {
  const hosts = join(folder, 'hosts');
  const known = new Map([['localhost', '127.0.0.1']]);
  // In place: it is this file, and no other of its name, that the programs see.
  const write = () => writeFileSync(hosts, [...known].map(([name, address]) => `${address} ${name}\n`).join(''));
  write();

  const machine: Machine = {
    name(host, address) {
      if (address) known.set(host, address);
      else known.delete(host);
      write();
    },
    spawn: (command, options = {}, hostsFile = hosts) =>
      endWithThisProcess(
        spawn(
          'unshare',
          [...separate, 'sh', '-c', 'mount --bind "$0" /etc/hosts && exec "$@"', hostsFile, ...command],
          options,
        ),
      ),
    async run(command, options, hostsFile) {
      const child = machine.spawn(command, { ...options, stdio: ['ignore', 'pipe', 'pipe'] }, hostsFile);
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
      const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
      return { code: code ?? signal ?? 'SIGKILL', output };
    },
  };
  return machine;
}
