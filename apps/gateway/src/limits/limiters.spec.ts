import { createMemoryLimiter } from './limiters';

it('a memory limiter forgets the least recently used key when it has more than its maximum of keys', async () => {
  const limiter = createMemoryLimiter({ points: 1, duration: 600 }, 1000);
  for (let n = 0; n < 10_000; n += 1) await limiter.consume(`address ${n}`);
  expect((await limiter.consume('address 9999')).consumedPoints).toBe(2);
  expect((await limiter.consume('address 0')).consumedPoints).toBe(1);
});
