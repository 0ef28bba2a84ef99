import { createFailuresSeen } from './failures-seen';

const rule = { freeFailures: 3, firstDelayMs: 1000, longestDelayMs: 8000, lifeMs: 100_000 };
beforeEach(() => void jest.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void jest.useRealTimers());
const pass = (ms: number) => void jest.setSystemTime(Date.now() + ms);

it('the delay begins after the free failures, doubles with each further one, and stays at its cap', () => {
  const seen = createFailuresSeen(10);
  const waits = Array.from({ length: 8 }, () => {
    seen.count('somebody', rule);
    const wait = seen.waitOf('somebody');
    pass(wait);
    expect(seen.waitOf('somebody')).toBe(0);
    return wait;
  });
  expect(waits).toEqual([0, 0, 1000, 2000, 4000, 8000, 8000, 8000]);
});

it('all is forgotten after a time without a failure, whatever succeeded meanwhile', () => {
  const seen = createFailuresSeen(10);
  for (let n = 0; n < 2; n += 1) seen.count('somebody', rule);
  for (let n = 0; n < 9; n += 1) {
    pass(10_000);
    seen.count('somebody', rule);
    seen.takeBack('somebody');
  }
  seen.count('somebody', rule);
  expect(seen.waitOf('somebody')).toBe(1000);
  seen.takeBack('somebody');
  pass(10_000);
  for (let n = 0; n < 2; n += 1) seen.count('somebody', rule);
  expect(seen.waitOf('somebody')).toBe(0);
});

it('an attempt that is taken back leaves the failures of others', () => {
  const seen = createFailuresSeen(10);
  for (let n = 0; n < 3; n += 1) seen.count('somebody', rule);
  seen.takeBack('somebody');
  expect(seen.waitOf('somebody')).toBe(0);
  seen.count('somebody', rule);
  expect(seen.waitOf('somebody')).toBe(1000);
  seen.forget('somebody');
  expect(seen.waitOf('somebody')).toBe(0);
});

it('of 100,000 keys no more are kept than is set', () => {
  const seen = createFailuresSeen(100);
  const strict = { ...rule, freeFailures: 1 };
  for (let n = 0; n < 100_000; n += 1) seen.count(`key ${n}`, strict);
  const kept = Array.from({ length: 100_000 }, (_, n) => seen.waitOf(`key ${n}`)).filter((wait) => wait > 0);
  expect(kept).toHaveLength(100);
});
