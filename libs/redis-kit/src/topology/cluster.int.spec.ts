import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@badger-store/test-kit';
import { Redis } from 'ioredis';
import { connectRedis, RedisUnavailableError, type RedisClient, type RedisEvent, type Script } from '../index';
import { toSlot } from './slot';
import { startRedisCluster, startRedisServer, type RedisCluster } from '../testing';
import { increment } from '../testing/increment';
import { startTrickle } from '../testing/trickle';

const deadlineMs = 500;
const keys = Array.from({ length: 60 }, (_, i) => `key:${i}`);
const readNode = (key: string) => Math.floor((toSlot(key) * 3) / 16384);
let cluster: RedisCluster;
let client: RedisClient;
let states: RedisEvent['state'][];

beforeAll(async () => {
  cluster = await startRedisCluster();
  states = [];
  client = connectRedis({ clusterNodes: cluster.nodes.slice(0, 1), connectionName: 'spec', deadlineMs }, ({ state }) =>
    states.push(state),
  );
  await client.ready(30_000);
});

afterAll(async () => {
  await client.close();
  await cluster.stop();
});

it('sends each key to its node when the settings name one node', async () => {
  expect(new Set(keys.map(readNode)).size).toBe(3);
  expect(await Promise.all(keys.map((key) => client.run(increment, key)))).toEqual(keys.map(() => 1));
  await client.ping();
});

it('sends a plain command to the node of its key', async () => {
  for (const key of keys) expect(await client.sendCommand(['GET', key], { key, isWrite: false })).toBe('1');
  expect(await client.sendCommand(['ECHO', 'without a key'], { isWrite: false })).toBe('without a key');
});

it('runs a script without keys', async () => {
  const keyless: Script<void, unknown> = {
    name: 'keyless',
    lua: 'return 7',
    changes: false,
    encode: () => ({ keys: [], args: [] }),
    decode: (reply) => reply,
  };
  expect(await client.run(keyless, undefined)).toBe(7);
});

it('runs each call once while a slot moves to another node', async () => {
  const key = '{moved}counter';
  const target = (readNode(key) + 1) % 3;
  const trickle = startTrickle(client, () => key, 2);
  // While a slot migrates, the client asks both nodes for a key that does not exist yet.
  const fresh: number[] = [];
  const pause = () => new Promise((resolve) => setTimeout(resolve, 100));
  await until('calls get through', () => trickle.acknowledged > 20);
  for (const to of [target, readNode(key), target]) {
    await cluster.moveSlot(toSlot(key), to, async () => {
      fresh.push(await client.run(increment, `{moved}fresh:${fresh.length}`));
      await pause();
    });
    await pause();
  }
  await trickle.stop();
  expect(trickle).toMatchObject({ surprises: [], unclear: 0, refused: 0 });
  expect(fresh).toEqual([1, 1, 1]);
  expect(await client.run(increment, key)).toBe(trickle.acknowledged + 1);
});

it('gets by with the few rights that an ACL user of a cluster needs', async () => {
  const rights = '+ping +info +time +client|setname +cluster|slots +asking +evalsha +eval +incr'.split(' ');
  for (const { url } of cluster.servers) {
    const admin = new Redis(url);
    await admin.call('ACL', 'SETUSER', 'app', 'on', '>secret', '~*', ...rights);
    admin.disconnect();
  }
  const access = { username: 'app', password: 'secret' };
  const app = connectRedis({ clusterNodes: cluster.nodes, connectionName: 'spec', ...access }, () => undefined);
  await app.ready(30_000);
  const [key] = keys as [string];
  await cluster.moveSlot(toSlot(key), (readNode(key) + 1) % 3, async () => {
    expect(await app.run(increment, key)).toBeGreaterThan(1);
  });
  await cluster.moveSlot(toSlot(key), readNode(key));
  await Promise.all(keys.map((any) => app.run(increment, any)));
  await app.close();
});

it('connects again with the password that the file holds when it was replaced', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'badger-cluster-'));
  const passwordFile = join(folder, 'password');
  const replacePassword = async (password: string) => {
    await writeFile(passwordFile, password);
    for (const { url } of cluster.servers) {
      const admin = new Redis(url);
      await admin.call('ACL', 'SETUSER', 'rotated', 'on', 'resetpass', `>${password}`, '~*', '+@all');
      await admin.call('CLIENT', 'KILL', 'USER', 'rotated');
      admin.disconnect();
    }
  };
  await replacePassword('old');
  const app = connectRedis({ clusterNodes: cluster.nodes, username: 'rotated', passwordFile }, () => undefined);
  await app.ready(2000);
  await replacePassword('new');
  await until('every node is connected again', () =>
    Promise.all([app.ping(), ...keys.map((key) => app.run(increment, key))]).then(
      () => true,
      () => false,
    ),
  );
  await app.close();
  await rm(folder, { recursive: true });
});

it('leaves the other nodes alone while one hangs, and resumes with it', async () => {
  const hanging = 1;
  const hung = keys.find((key) => readNode(key) === hanging) as string;
  const well = keys.find((key) => readNode(key) !== hanging) as string;
  const before = await client.run(increment, hung);
  cluster.servers[hanging]?.process.kill('SIGSTOP');
  const calls = Array.from({ length: 20 }, () => client.run(increment, hung));
  const others = startTrickle(client, () => well);
  const outcomes = await Promise.allSettled(calls);
  await others.stop();
  cluster.servers[hanging]?.process.kill('SIGCONT');
  expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
  expect(others).toMatchObject({ surprises: [], unclear: 0, refused: 0 });
  await until('it is back', () =>
    client.ping().then(
      () => true,
      () => false,
    ),
  );
  // What its callers had given up was not done when it woke up.
  expect(await client.run(increment, hung)).toBe(before + 1);
});

it('fails the calls on the slots of a node that died, at once or in time, and no others', async () => {
  const dead = 2;
  const failing = keys.filter((key) => readNode(key) === dead);
  const working = keys.filter((key) => readNode(key) !== dead);
  const all = startTrickle(client, () => keys[Math.floor(Math.random() * keys.length)] as string, 2);
  states.length = 0;
  await cluster.servers[dead]?.stop('SIGKILL');
  await until('the client reports the loss', () => states.includes('connecting'));
  await new Promise((resolve) => setTimeout(resolve, deadlineMs));
  await all.stop();
  expect(all.surprises).toEqual([]);
  expect(all.slowestMs).toBeLessThan(2 * deadlineMs);

  for (const key of failing) {
    const error: unknown = await client.run(increment, key).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RedisUnavailableError);
    expect(error).toMatchObject({ outcomeUnknown: false });
  }
  await Promise.all(working.map((key) => client.run(increment, key)));
  await expect(client.ping()).rejects.toBeInstanceOf(RedisUnavailableError);
});

it('reconnects until the nodes exist', async () => {
  const lone = await startRedisServer();
  await lone.stop();
  const waiting = connectRedis(
    { clusterNodes: [{ host: '127.0.0.1', port: lone.port }], connectionName: 'spec', deadlineMs },
    () => undefined,
  );
  const error: unknown = await waiting.run(increment, 'x').catch((reason: unknown) => reason);
  expect(error).toMatchObject({ outcomeUnknown: false });
  await waiting.close();
});
