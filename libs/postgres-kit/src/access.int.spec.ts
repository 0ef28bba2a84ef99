import { X509Certificate } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates, until, type Certificates } from '@badger-store/test-kit';
import { sql } from 'kysely';
import { connectPostgres, migrate, PostgresUnavailableError, type Postgres, type PostgresDatabase } from './index';
import { startPostgresServer, type PostgresServer } from './testing';

let folder: string;
let certificates: Certificates;
let strangers: Certificates;
let server: PostgresServer;
let url: string;
const opened: Postgres<unknown>[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'badger-postgres-access-'));
  certificates = await makeCertificates(await mkdtemp(join(folder, 'own-')));
  strangers = await makeCertificates(await mkdtemp(join(folder, 'stranger-')));
  server = await startPostgresServer({ tls: certificates.server });
  ({ one: url = '' } = await server.createDatabase('store', ['one']));
});

afterAll(async () => {
  await Promise.all(opened.map((postgres) => postgres.close()));
  await server.stop();
  await rm(folder, { recursive: true });
});

function connect(database: Omit<PostgresDatabase, 'schema'>, maxConnections = 1): Postgres<unknown> {
  const postgres = connectPostgres<unknown>(
    { ...database, schema: 'one', applicationName: 'spec', maxConnections },
    () => undefined,
  );
  opened.push(postgres);
  return postgres;
}

const withoutPassword = () => `postgres://one@127.0.0.1:${server.port}/store`;
const countConnections = async ({ db }: Postgres<unknown>) => {
  const { rows } = await sql<{
    count: number;
  }>`select count(*)::int as count from pg_stat_activity where usename = 'one'`.execute(db);
  return rows[0]?.count;
};
const isEncrypted = async ({ db }: Postgres<unknown>) => {
  const { rows } = await sql<{ ssl: boolean }>`select ssl from pg_stat_ssl where pid = pg_backend_pid()`.execute(db);
  return rows[0]?.ssl;
};

it('the end of the certificate of the server is reported at each connection over TLS', async () => {
  const report = async (parameters: string) => {
    const ends: Date[] = [];
    const postgres = connectPostgres<unknown>(
      {
        url: `${url}${parameters}`,
        schema: 'one',
        applicationName: 'spec',
        onCertificate: (expiresAt) => ends.push(expiresAt),
      },
      () => undefined,
    );
    opened.push(postgres);
    await postgres.ping();
    return ends;
  };
  const { validTo } = new X509Certificate(await readFile(certificates.server.certFile));
  expect(await report(`?sslmode=verify-full&sslrootcert=${certificates.caFile}`)).toEqual([new Date(validTo)]);
  expect(await report('')).toEqual([]);
});

describe('a password in a file', () => {
  const changePassword = (password: string) =>
    sql`alter role one password ${sql.lit(password)}`.execute(connect({ url: server.url }).db);

  it('is shown, without the line break at its end', async () => {
    const passwordFile = join(folder, 'password');
    await writeFile(passwordFile, 'one\n');
    await connect({ url: withoutPassword(), passwordFile }).ping();
    await migrate({ url: withoutPassword(), passwordFile, schema: 'one' }, []);
  });

  it('is read again for every new connection, so that it can be replaced while a service runs', async () => {
    const passwordFile = join(folder, 'replaced-password');
    await writeFile(passwordFile, 'one');
    const postgres = connect({ url: withoutPassword(), passwordFile }, 2);
    await postgres.ping();
    await changePassword('another');
    await writeFile(passwordFile, 'another');
    await Promise.all([1, 2].map(() => sql`select pg_sleep(0.05)`.execute(postgres.db)));
    await changePassword('one');
  });

  it.each([
    ['the old one first', 'one\nanother\n'],
    ['the new one first', 'another\r\none'],
  ])(
    'new connections succeed before and after a password changes while the file has both, %s',
    async (_order, text) => {
      const passwordFile = join(folder, 'both-passwords');
      await writeFile(passwordFile, text);
      const postgres = connect({ url: withoutPassword(), passwordFile }, 8);
      const connectAgain = () => sql`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'one'`;
      const queryAtOnce = () =>
        Promise.all(Array.from({ length: 8 }, () => sql`select pg_sleep(0.02)`.execute(postgres.db)));
      /** A pool may hand out a connection that the server is about to close. */
      const isNoPasswordError = (error: unknown) => {
        expect(error).not.toMatchObject({ cause: { code: '28P01' } });
        return false;
      };
      const superuser = connectPostgres<unknown>(
        { url: server.url, schema: 'public', applicationName: 'superuser', maxConnections: 1 },
        () => undefined,
      );
      opened.push(superuser);
      for (const password of ['one', 'another', 'one']) {
        await sql`alter role one password ${sql.lit(password)}`.execute(superuser.db);
        await connectAgain().execute(superuser.db);
        await until('the connections have ended', async () => (await countConnections(superuser)) === 0);
        await until('the pool has noticed', () => queryAtOnce().then(() => true, isNoPasswordError));
        expect(await countConnections(superuser)).toBeGreaterThan(0);
      }
    },
  );

  it('connections that are refused with every password of the file are tried once with each', async () => {
    const passwordFile = join(folder, 'wrong-passwords');
    await writeFile(passwordFile, 'wrong\nworse\n');
    const postgres = connect({ url: withoutPassword(), passwordFile }, 4);
    const attempts = await Promise.allSettled([1, 2, 3, 4].map(() => postgres.ping()));
    for (const attempt of attempts) expect(attempt).toMatchObject({ reason: { code: 'POSTGRES_UNAVAILABLE' } });
    await writeFile(passwordFile, 'wrong\none\n');
    await Promise.all([1, 2, 3, 4].map(() => postgres.ping()));
  });

  it('that is wrong or missing makes PostgreSQL unavailable until the file is corrected', async () => {
    const passwordFile = join(folder, 'wrong-password');
    const postgres = connect({ url: withoutPassword(), passwordFile });
    await expect(postgres.ping()).rejects.toBeInstanceOf(PostgresUnavailableError);
    await writeFile(passwordFile, 'wrong');
    await expect(postgres.ping()).rejects.toThrow(/password authentication failed/);
    await writeFile(passwordFile, 'one');
    await postgres.ping();
  });
});

describe('TLS', () => {
  const verified = (caFile: string) => `?sslmode=verify-full&sslrootcert=${encodeURIComponent(caFile)}`;

  it('is used where the URL asks for it, and not otherwise', async () => {
    expect(await isEncrypted(connect({ url: url + verified(certificates.caFile) }))).toBe(true);
    expect(await isEncrypted(connect({ url }))).toBe(false);
  });

  it('goes with a password in a file', async () => {
    const passwordFile = join(folder, 'tls-password');
    await writeFile(passwordFile, 'one');
    const database = { url: withoutPassword() + verified(certificates.caFile), passwordFile };
    expect(await isEncrypted(connect(database))).toBe(true);
  });

  it('goes on with the authority that it read last while the file is gone, in connections that were waited for too', async () => {
    const caFile = join(folder, 'vanishing-ca');
    await copyFile(certificates.caFile, caFile);
    const postgres = connect({ url: url + verified(caFile) });
    await postgres.ping();
    await rm(caFile);
    const lost = sql`select pg_terminate_backend(pg_backend_pid())`.execute(postgres.db);
    const waiting = isEncrypted(postgres);
    await expect(lost).rejects.toBeInstanceOf(PostgresUnavailableError);
    expect(await waiting).toBe(true);
  });

  it('is not done without where no authority was ever read', async () => {
    const caFile = join(folder, 'late-ca');
    const postgres = connect({ url: url + verified(caFile) });
    await expect(postgres.ping()).rejects.toBeInstanceOf(PostgresUnavailableError);
    await copyFile(certificates.caFile, caFile);
    expect(await isEncrypted(postgres)).toBe(true);
  });

  it('refuses a server that another authority vouches for, or none that is known', async () => {
    await expect(connect({ url: url + verified(strangers.caFile) }).ping()).rejects.toThrow(/certificate/);
    await expect(connect({ url: `${url}?sslmode=verify-full` }).ping()).rejects.toThrow(/certificate/);
  });

  it('refuses a server that its certificate does not name', async () => {
    // An address that the certificate has, written as it has it not.
    const elsewhere = url.replace('127.0.0.1', '127.1') + verified(certificates.caFile);
    await expect(connect({ url: elsewhere }).ping()).rejects.toThrow(/does not match certificate/);
  });

  it('is not done without: a server that cannot is refused', async () => {
    const plain = await startPostgresServer();
    try {
      await expect(connect({ url: plain.url + verified(certificates.caFile) }).ping()).rejects.toThrow(/SSL/);
    } finally {
      await plain.stop();
    }
  });
});
