import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectRedis, type RedisClient } from '@badger-store/redis-kit';
import { startRedisServer, type RedisServer } from '@badger-store/redis-kit/testing';
import { followRevocations, publishRevocations } from './index';

const password = randomBytes(24).toString('base64url');
let folder: string;
let server: RedisServer;
const clients: RedisClient[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'badger-acl-'));
  const rules = await readFile(join(__dirname, '../../../docker/redis/users.acl.example'), 'utf8');
  const aclFile = join(folder, 'users.acl');
  await writeFile(aclFile, rules.replaceAll(/#0{64}/g, `#${createHash('sha256').update(password).digest('hex')}`));
  server = await startRedisServer({ args: ['--aclfile', aclFile] });
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

async function connectAs(username: string): Promise<RedisClient> {
  const client = connectRedis({ url: server.url, username, password }, () => undefined);
  clients.push(client);
  await client.ready(2000);
  return client;
}

it('the gateway’s ACL user seeds and publishes, the services’ one follows and cannot publish', async () => {
  const [gateway, service] = [await connectAs('gateway'), await connectAs('cart')];
  const seed = () => Promise.resolve([{ kind: 'session', id: 's-1' } as const]);
  const quick = { report: () => undefined, pollMs: 50 };
  const [seeder, follower] = [
    followRevocations({ redis: gateway, seed, ...quick }),
    followRevocations({ redis: service, ...quick }),
  ];
  await Promise.all([seeder.caughtUp(), follower.caughtUp()]);
  await publishRevocations(gateway, [{ kind: 'session', id: 's-2' }]);
  await follower.caughtUp();
  const holder = { id: 'u-1', sessionStartedAt: 1 };
  const refused = ['s-1', 's-2', 's-3'].map((sessionId) => follower.isRevoked({ ...holder, sessionId }));
  expect(refused).toEqual([true, true, false]);
  await expect(publishRevocations(service, [{ kind: 'session', id: 's-3' }])).rejects.toThrow('NOPERM');
  seeder.close();
  follower.close();
});
