import type { RedisClient } from '@badger-store/redis-kit';
import { connectClients } from '../clients';

/** What a worker is told on its command line. */
export interface WorkerInput {
  readonly redisUrl: string;
  readonly cartId: string;
}

/** Runs a worker to its end: its input is the first argument, what it reports goes to whoever forked it. */
export async function runWorker<Input extends WorkerInput>(
  work: (redis: RedisClient, input: Input) => Promise<void>,
): Promise<void> {
  const input = JSON.parse(process.argv[2] ?? '') as Input;
  // Whoever started it is gone: so is the worker.
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
