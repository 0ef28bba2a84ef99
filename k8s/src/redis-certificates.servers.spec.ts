import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { until } from '@badger-store/test-kit';
import { startLoad } from './redis/load';
import { makeCertificate, startRedisPods, type RedisPod } from './redis/redis-pods';

async function getFingerprint({ ip }: RedisPod, port: number): Promise<string | undefined> {
  const socket = connect({ host: ip, port, rejectUnauthorized: false });
  try {
    await once(socket, 'secureConnect');
    return socket.getPeerCertificate().fingerprint256;
  } catch {
    return undefined;
  } finally {
    socket.destroy();
  }
}

const variants = [
  { name: 'Redis with sentinels', components: [], ports: [6379, 26379] },
  { name: 'Redis Cluster', components: ['redis-cluster'], ports: [6379] },
];

it.each(variants)(
  '$name takes a renewed certificate without a failed or repeated call',
  async ({ components, ports }) => {
    const redis = await startRedisPods(components);
    try {
      await Promise.all(redis.pods.map((pod) => pod.start()));
      while (redis.isCluster && !(await redis.pods[0]?.script('form-cluster.sh'))?.includes('All 16384 slots covered'))
        await sleep(500);
      await redis.whenWhole();
      const primary = redis.isCluster ? undefined : await redis.primary();
      const load = await startLoad(redis, 6);
      load.begin();
      const servers = redis.pods.flatMap((pod) => ports.map((port) => ({ pod, port })));
      const [old] = await Promise.all(servers.map(({ pod, port }) => getFingerprint(pod, port)));
      await makeCertificate(
        redis.secrets,
        redis.pods.map(({ name }) => name),
      );
      await until(
        'every server shows the new certificate',
        async () => {
          const shown = await Promise.all(servers.map(({ pod, port }) => getFingerprint(pod, port)));
          return new Set(shown).size === 1 && shown[0] !== undefined && shown[0] !== old;
        },
        60_000,
      );
      await redis.whenWhole();
      expect(await load.end()).toMatchObject({ repeated: 0, refused: 0, unclear: 0, lost: 0, tooMany: 0, strange: [] });
      await load.stop();
      if (primary) expect(await redis.primary()).toBe(primary);
    } finally {
      await redis.stop();
    }
  },
  240_000,
);
