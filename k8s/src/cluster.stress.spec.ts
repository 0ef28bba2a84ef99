import { setTimeout as sleep } from 'node:timers/promises';
import { stressTest } from '@badger-store/test-kit';
import { startLoad } from './redis/load';
import { startRedisPods } from './redis/redis-pods';

stressTest(
  'Nodes of a Redis Cluster, restarted one after the other under load, lose no acknowledged add',
  async () => {
    const redis = await startRedisPods(['redis-cluster']);
    try {
      await Promise.all(redis.pods.map((pod) => pod.start()));
      const [first] = redis.pods;
      while (!(await first?.script('form-cluster.sh'))?.includes('All 16384 slots covered')) await sleep(500);
      await redis.whenWhole();
      expect(await first?.script('form-cluster.sh')).toContain('the cluster is there');

      const load = await startLoad(redis, 24);
      load.begin();
      for (const pod of redis.pods) {
        await sleep(500);
        await pod.terminate();
        await pod.start();
        await redis.whenWhole();
      }
      await sleep(500);
      const seen = await load.end();
      await load.stop();
      expect(seen).toMatchObject({ lost: 0, tooMany: 0, strange: [] });
      return {
        restarts: redis.pods.length,
        'adds acknowledged': seen.acknowledged,
        'adds lost': seen.lost,
        'calls that failed': seen.refused + seen.unclear,
      };
    } finally {
      await redis.stop();
    }
  },
  240_000,
);
