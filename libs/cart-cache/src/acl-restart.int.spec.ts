import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectRedis } from '@badger-store/redis-kit';
import { startRedisServer } from '@badger-store/redis-kit/testing';
import { createCarts, type Carts } from './index';

const password = randomBytes(24).toString('base64url');
let folder: string;
let aclFile: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'badger-acl-'));
  const rules = await readFile(join(__dirname, '../../../docker/redis/users.acl.example'), 'utf8');
  aclFile = join(folder, 'users.acl');
  await writeFile(aclFile, rules.replaceAll(/#0{64}/g, `#${createHash('sha256').update(password).digest('hex')}`));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function onServer<Result>(use: (cache: Carts) => Promise<Result>): Promise<Result> {
  const server = await startRedisServer({ dataFolder: join(folder, 'data'), args: ['--aclfile', aclFile] });
  const redis = connectRedis({ url: server.url, username: 'cart', password }, () => undefined);
  try {
    await redis.ready(30_000);
    return await use(createCarts({ redis }));
  } finally {
    await redis.close();
    await server.stop();
  }
}

// Redis reads its append-only file as the default user, and leaves out, saying so in its log alone, every script's and transaction's changes
// that this user might not make (redis/redis#14541).
it('a cart outlives a restart of a Redis that has the ACL users', async () => {
  const token = randomUUID();
  await onServer((cache) => cache.add(token, 'mug', 2));
  expect(await onServer((cache) => cache.get(token))).toEqual([{ id: 'mug', quantity: 2 }]);
});
