import { until } from '@badger-store/test-kit';
import { Redis } from 'ioredis';

/** Resolves as soon as one of these servers takes a write, for a key in the same slot as the cart. */
export const untilWritable = (urls: () => Promise<readonly string[]>, cartId: string): Promise<void> =>
  until(
    'a primary can be written',
    async () => (await Promise.all((await urls()).map((url) => takesWrite(url, `{${cartId}}probe`)))).includes(true),
    30_000,
  );

async function takesWrite(url: string, key: string): Promise<boolean> {
  const redis = new Redis(url, { lazyConnect: true, connectTimeout: 200, commandTimeout: 200, retryStrategy: null });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    await redis.set(key, 1);
    return true;
  } catch {
    return false;
  } finally {
    redis.disconnect();
  }
}
