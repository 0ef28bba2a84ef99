import { RedisUnavailableError, type Script } from '@badger-store/redis-kit';
import { createExactCounts } from './exact-counts';
import type { CountInput } from './limit-scripts';

function redisThat(answers: (input: CountInput) => Promise<number[]>) {
  const inputs: CountInput[] = [];
  return {
    inputs,
    run<Input, Output>(_script: Script<Input, Output>, given: Input): Promise<Output> {
      inputs.push(given as CountInput);
      return answers(given as CountInput) as Promise<Output>;
    },
  };
}
const options = { name: 'spec', windowMs: 60_000 };
const away = () => redisThat(() => Promise.reject(new RedisUnavailableError('away', false)));
const local = () => ({ increment: jest.fn(() => ({ totalHits: 7, resetTime: new Date() })) });

it('hostile keys are as short in Redis as all others, and cannot be read there', async () => {
  const redis = redisThat(() => Promise.resolve([1]));
  await createExactCounts({ ...options, redis }).increment('10.0.0.1'.repeat(2000));
  expect(redis.inputs[0]?.counters).toEqual([
    { key: expect.stringMatching(/^limit:spec:\d+:[\w-]{22}$/) as string, added: 1 },
  ]);
});

it('without Redis the local count decides where there is one', async () => {
  const counted = await createExactCounts({ ...options, redis: away(), otherwise: local() }).increment('somebody');
  expect(counted.totalHits).toBe(7);
});

it('without Redis and without a local count it refuses', async () => {
  await expect(createExactCounts({ ...options, redis: away() }).increment('somebody')).rejects.toMatchObject({
    ...{ kind: 'unavailable', code: 'REDIS_UNAVAILABLE' },
  });
});

it('a defect of ours is no outage', async () => {
  const broken = redisThat(() => Promise.reject(new Error('ERR wrong number of arguments')));
  const otherwise = local();
  for (const store of [
    createExactCounts({ ...options, redis: broken, otherwise }),
    createExactCounts({ ...options, redis: broken }),
  ]) {
    await expect(store.increment('somebody')).rejects.toThrow('wrong number of arguments');
  }
  expect(otherwise.increment).not.toHaveBeenCalled();
});
