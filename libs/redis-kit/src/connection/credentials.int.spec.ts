import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { makeCertificates, until, type Certificates } from '@badger-store/test-kit';
import { Redis } from 'ioredis';
import { connectRedis, RedisUnavailableError, type RedisClient, type RedisEvent, type RedisSettings } from '../index';
import { startRedisServer, type RedisServer } from '../testing';
import { increment } from '../testing/increment';

let folder: string;
const clients: RedisClient[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'badger-access-'));
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function connect(settings: Omit<RedisSettings, 'connectionName'> & { url: string }) {
  const events: RedisEvent[] = [];
  const client = connectRedis({ connectionName: 'spec', ...settings }, (event) => events.push(event));
  clients.push(client);
  return { client, errors: () => events.flatMap((event) => (event.state === 'error' ? [event.error] : [])) };
}

describe('TLS', () => {
  let certificates: Certificates;
  let strangers: Certificates;
  let server: RedisServer;
  const getFiles = ({ caFile, client }: Certificates) => ({ caFile, ...client });

  beforeAll(async () => {
    certificates = await makeCertificates(await mkdtemp(join(folder, 'own-')));
    strangers = await makeCertificates(await mkdtemp(join(folder, 'stranger-')));
    server = await startRedisServer({ tls: certificates });
  });
  afterAll(() => server.stop());

  it('connects with an authority and a client certificate of its own', async () => {
    const { client } = connect({ url: server.url, tls: getFiles(certificates) });
    await client.ready(30_000);
    expect(await client.run(increment, 'encrypted')).toBe(1);
  });

  it('reports the end of the certificate of the server at each connection', async () => {
    const ends: Date[] = [];
    const settings = { url: server.url, connectionName: 'spec', tls: getFiles(certificates) };
    const client = connectRedis(
      settings,
      () => undefined,
      (expiresAt) => ends.push(expiresAt),
    );
    clients.push(client);
    await client.ready(30_000);
    const { validTo } = new X509Certificate(await readFile(certificates.server.certFile));
    expect(ends).toEqual([new Date(validTo)]);
  });

  it('refuses a server with a certificate of another authority', async () => {
    const { client, errors } = connect({
      url: server.url,
      tls: { ...getFiles(certificates), caFile: strangers.caFile },
    });
    await until('the certificate is reported', () => errors().some(({ message }) => message.includes('certificate')));
    await expect(client.ready(300)).rejects.toBeInstanceOf(RedisUnavailableError);
  });

  it('connects as soon as the files are right when they were missing, malformed or of another authority before', async () => {
    const caFile = join(folder, 'rotated-ca');
    const write = async (text: string) => {
      await writeFile(`${caFile}.new`, text);
      await rename(`${caFile}.new`, caFile);
    };
    await write('senseless');
    const { client, errors } = connect({ url: server.url, tls: { ...getFiles(certificates), caFile } });
    await until('an error is reported', () => errors().length > 0);
    await rm(caFile);
    await until('an error is reported', () => errors().some(({ message }) => message.startsWith('tls.caFile')));
    await write(await readFile(strangers.caFile, 'utf8'));
    await expect(client.ready(500)).rejects.toBeInstanceOf(RedisUnavailableError);
    await write(await readFile(certificates.caFile, 'utf8'));
    await client.ready(30_000);
  });

  it('does not connect without a client certificate, or without TLS', async () => {
    const unnamed = connect({ url: server.url, tls: { caFile: certificates.caFile } });
    const plain = connect({ url: server.url.replace('rediss', 'redis') });
    await expect(unnamed.client.ready(300)).rejects.toBeInstanceOf(RedisUnavailableError);
    await expect(plain.client.ready(300)).rejects.toBeInstanceOf(RedisUnavailableError);
  });
});

describe('an ACL user', () => {
  let server: RedisServer;
  let admin: Redis;
  const rules = ['on', '~*', '+@all'];

  beforeAll(async () => {
    server = await startRedisServer();
    admin = new Redis(server.url, { username: 'admin', password: 'admin' }).on('error', () => undefined);
    const setup = new Redis(server.url);
    await setup.call('ACL', 'SETUSER', 'admin', ...rules, '>admin');
    await setup.call('ACL', 'SETUSER', 'app', ...rules, '>old');
    await setup.call('ACL', 'SETUSER', 'default', 'off');
    setup.disconnect();
  });
  afterAll(async () => {
    admin.disconnect();
    await server.stop();
  });

  it('connects with the password of the settings or of the URL, and with no other', async () => {
    const fromSettings = connect({ url: server.url, username: 'app', password: 'old' });
    const fromUrl = connect({ url: server.url.replace('//', '//app:old@') });
    await Promise.all([fromSettings.client.ready(2000), fromUrl.client.ready(2000)]);

    const { client, errors } = connect({ url: server.url, username: 'app', password: 'guessed' });
    await until('an error is reported', () => errors().length > 0);
    expect(errors()[0]?.message).toMatch(/^WRONGPASS/);
    expect(inspect(errors())).not.toContain('guessed');
    await expect(client.ready(300)).rejects.toBeInstanceOf(RedisUnavailableError);
  });

  it('keeps its connection when the password changes, and the next one takes what the file says then', async () => {
    const passwordFile = join(folder, 'password');
    await writeFile(passwordFile, 'old\n');
    const { client, errors } = connect({ url: server.url, username: 'app', passwordFile });
    await client.ready(30_000);

    await admin.call('ACL', 'SETUSER', 'app', 'resetpass', '>new');
    expect(await client.run(increment, 'rotated')).toBe(1);
    await admin.call('CLIENT', 'KILL', 'USER', 'app');
    await until('the old password is refused', () => errors().length > 0);
    await writeFile(passwordFile, 'new\n');
    await client.ready(30_000);
    expect(await client.run(increment, 'rotated')).toBe(2);
  });
});
