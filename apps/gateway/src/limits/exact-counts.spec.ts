import { RedisUnavailableError, type Script } from '@badger-store/redis-kit';
import type { Store } from 'express-rate-limit';
import { LRUCache } from 'lru-cache';
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
const away = () => Promise.reject(new RedisUnavailableError('away', false));
const seen = () => new LRUCache<string, number>({ max: 100 });
const options = (answers: (input: CountInput) => Promise<number[]>) => ({
  ...{ name: 'spec', windowMs: 60_000, seen: seen(), redis: redisThat(answers) },
});
const hits = async (counts: Store, key = 'somebody') => (await counts.increment(key)).totalHits;

it('hostile keys are as short in Redis as all others, and cannot be read there', async () => {
  const given = options(() => Promise.resolve([1]));
  await createExactCounts(given).increment('10.0.0.1'.repeat(2000));
  expect(given.redis.inputs[0]?.counters).toEqual([
    { key: expect.stringMatching(/^limit:spec:\d+:[\w-]{22}$/) as string, added: 1 },
  ]);
});

it('without Redis it goes on from what Redis said last, and forgets none of it when Redis is back', async () => {
  const replies = [() => Promise.resolve([40]), away, away, () => Promise.resolve([41]), () => Promise.resolve([90])];
  const counts = createExactCounts(options(() => replies.shift()?.() ?? away()));
  for (const total of [40, 41, 42, 43, 90, 91]) expect(await hits(counts)).toBe(total);
});

it('many at once are told apart, with Redis and without', async () => {
  let stored = 0;
  for (const answers of [() => Promise.resolve([(stored += 1)]), away]) {
    const counts = createExactCounts(options(answers));
    expect(await Promise.all(Array.from({ length: 5 }, () => hits(counts)))).toEqual([1, 2, 3, 4, 5]);
  }
});

it('each window begins anew', async () => {
  jest.useFakeTimers({ now: 0 });
  const counts = createExactCounts(options(away));
  expect([await hits(counts), await hits(counts)]).toEqual([1, 2]);
  jest.setSystemTime(60_000);
  expect(await hits(counts)).toBe(1);
  jest.useRealTimers();
});

it('a defect of ours is no outage', async () => {
  const given = options(() => Promise.reject(new Error('ERR wrong number of arguments')));
  await expect(createExactCounts(given).increment('somebody')).rejects.toThrow('wrong number of arguments');
});
