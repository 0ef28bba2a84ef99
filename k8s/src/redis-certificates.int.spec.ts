import { connect } from 'node:tls';
import { once } from 'node:events';
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

it('Redis and its sentinels take a renewed certificate without a failed or repeated call', async () => {
  const redis = await startRedisPods();
  try {
    await Promise.all(redis.pods.map((pod) => pod.start()));
    await redis.whenWhole();
    const primary = await redis.primary();
    const load = await startLoad(redis, 6);
    load.begin();
    const servers = redis.pods.flatMap((pod) => [6379, 26379].map((port) => ({ pod, port })));
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
    expect(await redis.primary()).toBe(primary);
  } finally {
    await redis.stop();
  }
}, 240_000);
