import { consume, createMemoryLimiter } from './memory-limiter';

it('a limiter forgets the least recently used key beyond the keys that it may keep', async () => {
  const limiter = createMemoryLimiter({ points: 1, duration: 600 }, 1000);
  for (let n = 0; n < 10_000; n += 1) await consume(limiter, `address ${n}`);
  expect((await consume(limiter, 'address 9999')).consumedPoints).toBe(2);
  expect((await consume(limiter, 'address 0')).consumedPoints).toBe(1);
});
