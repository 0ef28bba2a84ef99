import type { RedisClient } from '@badger-store/redis-kit';
import { connectClients } from '../clients';

/** The first command-line argument of a worker, as JSON. */
export interface WorkerInput {
  readonly redisUrl: string;
  readonly cartId: string;
}

/** Runs a worker to its end. Its input is the first argument; it reports to its parent process. */
export async function runWorker<Input extends WorkerInput>(
  work: (redis: RedisClient, input: Input) => Promise<void>,
): Promise<void> {
  const input = JSON.parse(process.argv[2] ?? '') as Input;
  // The worker ends with its parent.
  process.once('disconnect', () => process.exit());
  const [redis] = await connectClients({ url: input.redisUrl }, 1);
  if (!redis) throw new Error('no connection to Redis');
  await work(redis, input);
  await redis.close();
  process.disconnect();
}

export const report = (message: unknown): void => {
  process.send?.(message as object);
};
