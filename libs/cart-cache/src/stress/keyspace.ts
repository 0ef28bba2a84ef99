import type { Redis } from 'ioredis';

/** Every key, with its value byte by byte and when it ends. */
export async function readKeyspace(redis: Redis): Promise<Map<string, string>> {
  const keyspace = new Map<string, string>();
  let cursor = '0';
  do {
    const [next, keys] = await redis.scanBuffer(cursor, 'COUNT', 1000);
    cursor = next.toString();
    for (const key of keys) {
      const [dump, ends] = await Promise.all([redis.dumpBuffer(key), redis.call('PEXPIRETIME', key)]);
      keyspace.set(key.toString('latin1'), `${dump?.toString('base64')} ${ends}`);
    }
  } while (cursor !== '0');
  return keyspace;
}
