import type { Redis } from 'ioredis';

/** How much of its `maxmemory` a server uses, as it counts itself: 1 is full. 0 where there is no limit. */
export async function readMemoryUsage(redis: Redis): Promise<number> {
  const info = await redis.info('memory');
  const read = (field: string) => Number(new RegExp(`^${field}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
  const maxMemory = read('maxmemory');
  return maxMemory === 0 ? 0 : (read('used_memory') - read('mem_not_counted_for_evict')) / maxMemory;
}
