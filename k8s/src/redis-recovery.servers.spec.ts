import { readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { scale, stressOnly, until } from '@badger-store/test-kit';
import { startRedisPods, type RedisPod, type RedisPods } from './redis/redis-pods';

let redis: RedisPods;
beforeEach(async () => {
  redis = await startRedisPods();
  await Promise.all(redis.pods.map((pod) => pod.start()));
  await redis.whenWhole();
}, 120_000);
afterEach(() => redis?.stop());

const getRoles = async () => {
  const primary = await redis.primary();
  if (!primary) throw new Error('The sentinels name no primary.');
  const [replica, other] = redis.pods.filter((pod) => pod !== primary) as [RedisPod, RedisPod];
  return { primary, replica, other };
};

const getInfo = async (pod: RedisPod, field: string) =>
  new RegExp(`^${field}:(.*)$`, 'm').exec(await pod.ask('redis', 'info', 'replication'))?.[1]?.trim();

const follows = (pod: RedisPod, primary: RedisPod) =>
  until(
    `${pod.name} follows ${primary.name}`,
    async () =>
      (await getInfo(pod, 'master_host')) === primary.name && (await getInfo(pod, 'master_link_status')) === 'up',
    60_000,
  );

const files = (pod: RedisPod) => join(pod.data, 'appendonlydir');
async function find(pod: RedisPod, ending: string): Promise<string> {
  const name = (await readdir(files(pod))).find((file) => file.endsWith(ending));
  if (!name) throw new Error(`There is no ${ending}.`);
  return join(files(pod), name);
}

const damages: Record<string, (pod: RedisPod) => Promise<void>> = {
  'its middle has other bytes': async (pod) =>
    writeFile(await find(pod, '.incr.aof'), '*3\r\n$3\r\nSET\r\n\0\0\0\0\0\0\0\0\r\n'),
  'its manifest is missing': async (pod) => rm(await find(pod, '.manifest')),
  'its base has other bytes': async (pod) => writeFile(await find(pod, '.base.rdb'), 'REDIS0010 and nothing else'),
  'its base is empty': async (pod) => truncate(await find(pod, '.base.rdb')),
  'its manifest is empty': async (pod) => truncate(await find(pod, '.manifest')),
};

it('a replica whose append-only file is damaged moves it aside, keeps the newest only, and takes the data of the primary', async () => {
  const { primary, replica } = await getRoles();
  for (const damage of Object.values(damages).slice(0, scale(2, 5))) {
    const before = (await replica.log()).split('moving it to').length;
    await replica.restartRedis(() => damage(replica));
    await until('the file is moved', async () => (await replica.log()).split('moving it to').length > before, 60_000);
    await follows(replica, primary);
    // After the synchronization, Redis writes the file in the background.
    await until('the new file is whole', () => find(replica, '.base.rdb').then(Boolean, () => false), 60_000);
    expect((await readdir(replica.data)).filter((name) => name.startsWith('damaged'))).toEqual(['damaged']);
  }
  expect(await redis.primary()).toBe(primary);
}, 240_000);

stressOnly(
  'a truncated tail is no damage',
  async () => {
    const { primary, replica } = await getRoles();
    const starts = (await replica.log()).split('Ready to accept connections').length;
    await replica.restartRedis(async () => writeFile(await find(replica, '.incr.aof'), '*3\r\n$3\r\nSET\r\n$1\r'));
    await until('it runs', async () => (await replica.log()).split('Ready to accept').length > starts, 60_000);
    await follows(replica, primary);
    expect(await readdir(replica.data)).not.toContain('damaged');
    return { files: 1 };
  },
  120_000,
);

it('a damaged primary without others does not start empty, counts as alive, and starts once it is repaired', async () => {
  const { primary, replica, other } = await getRoles();
  await Promise.all([replica.kill(), other.kill()]);
  await primary.restartRedis(() => damages['its middle has other bytes']?.(primary) ?? Promise.reject(new Error()));
  await until('it waits', async () => /waiting for another primary, or for a repair/.test(await primary.log()), 60_000);
  expect([await primary.passes('livenessProbe'), await primary.passes('readinessProbe')]).toEqual([true, false]);
  const manifest = await find(primary, '.manifest');
  const { output } = await redis.machine.run(['sh', '-c', `yes | redis-check-aof --fix ${manifest}`]);
  expect(output).toContain('Successfully truncated AOF');
  await until('it runs', () => primary.passes('readinessProbe'), 60_000);
}, 120_000);

stressOnly(
  'a replica of the wrong node is corrected without the sentinels',
  async () => {
    const { primary, replica, other } = await getRoles();
    await replica.ask('redis', 'replicaof', other.name, '6379');
    await follows(replica, primary);
    expect(await replica.log()).toContain(`follow-primary.sh: the primary is ${primary.name}, not ${other.name}`);
    return { replicas: 1 };
  },
  120_000,
);

it('without names a failover works, and no probe fails', async () => {
  const { primary, replica, other } = await getRoles();
  for (const { name } of redis.pods) redis.machine.name(name);
  await primary.kill();
  await until('another primary', async () => ((await redis.primary([replica, other])) ?? primary) !== primary, 60_000);
  const [promoted, second] = (await getInfo(replica, 'role')) === 'master' ? [replica, other] : [other, replica];
  await follows(second, promoted);
  for (const pod of [replica, other]) {
    expect([await pod.passes('livenessProbe'), await pod.isReady()]).toEqual([true, true]);
  }
  // A pod that starts without names has the addresses of its last start.
  await primary.start();
  await follows(primary, promoted);
}, 180_000);
