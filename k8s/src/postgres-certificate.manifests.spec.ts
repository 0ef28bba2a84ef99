import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@badger-store/test-kit';
import { getWorkloads } from './manifests/objects';
import { overlay } from './manifests/variants';

/** The entrypoint of the image, of which the test sees the arguments and each SIGHUP. */
const entrypoint = (log: string) => `#!/bin/sh
trap 'echo reload >>${log}' HUP
echo "$@" >>${log}
while :; do sleep 0.1; done
`;

it('the container of PostgreSQL passes its arguments on, and sends SIGHUP when the certificate changes', async () => {
  const { objects } = await overlay('local');
  const container = getWorkloads(objects).find(({ name }) => name === 'postgres')?.pod.containers[0];
  const folder = await mkdtemp(join(tmpdir(), 'badger-postgres-'));
  const log = join(folder, 'log');
  const certificate = join(folder, 'tls.crt');
  for (const name of [certificate, join(folder, 'tls.key')]) await writeFile(name, 'old');
  await writeFile(join(folder, 'docker-entrypoint.sh'), entrypoint(log), { mode: 0o755 });
  const [program = '', ...args] = (container?.command ?? []).map((part) =>
    part.replaceAll('/run/secrets/postgres', folder).replace('sleep 5', 'sleep 0.2'),
  );
  const child = spawn(program, [...args, 'postgres', '-cssl=on'], {
    env: { PATH: `${folder}:${process.env.PATH}` },
    detached: true,
    stdio: 'ignore',
  });
  const read = () => readFile(log, 'utf8').catch(() => '');
  try {
    await until('the entrypoint runs', async () => (await read()) === 'postgres -cssl=on\n');
    await new Promise((resolve) => setTimeout(resolve, 500));
    await writeFile(certificate, 'new');
    await until('PostgreSQL gets SIGHUP', async () => (await read()) === 'postgres -cssl=on\nreload\n');
  } finally {
    const ended = once(child, 'exit');
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    await ended;
    await rm(folder, { recursive: true });
  }
});
