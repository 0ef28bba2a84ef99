import { RedisUnavailableError, type Script } from '@badger-store/redis-kit';
import type { CountInput } from './limit-scripts';
import { createSharedCounts, type SharedCounts } from './shared-counts';

const windowMs = 60_000;
const reports: unknown[] = [];
let open: SharedCounts[] = [];
beforeEach(() => {
  reports.length = 0;
  jest.useFakeTimers({ now: 1000 * windowMs, doNotFake: ['nextTick', 'setImmediate'] });
});
afterEach(() => {
  for (const counts of open) counts.shutdown();
  open = [];
  jest.useRealTimers();
});

/** Counters as Redis has them; `before` may hold a call up, or have it fail. */
function counters(before: (input: CountInput, call: number) => Promise<void> = () => Promise.resolve()) {
  const stored = new Map<string, number>();
  const calls: CountInput[] = [];
  const run = async <Input, Output>(_script: Script<Input, Output>, given: Input): Promise<Output> => {
    const input = given as CountInput;
    await before(input, calls.push(input));
    return input.counters.map(({ key, added }) => {
      stored.set(key, (stored.get(key) ?? 0) + added);
      return stored.get(key);
    }) as Output;
  };
  return { stored, calls, run, total: () => [...stored.values()].reduce((sum, count) => sum + count, 0) };
}

function countsOf(redis: Pick<ReturnType<typeof counters>, 'run'>, mostKeys?: number): SharedCounts {
  const report = (error: unknown) => void reports.push(error);
  const counts = createSharedCounts({ redis, name: 'spec', windowMs, exchangeMs: 3_600_000, report, mostKeys });
  open.push(counts);
  return counts;
}
const hits = async (counts: SharedCounts, key: string) => (await counts.increment(key)).totalHits;
const unavailable = () => Promise.reject(new RedisUnavailableError('away', false));

it('a call that fails while another is under way has nothing counted twice', async () => {
  let letGo!: () => void;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  const redis = counters((_input, call) => (call === 1 ? unavailable() : call === 2 ? held : Promise.resolve()));
  const counts = countsOf(redis);
  for (let n = 0; n < 200; n += 1) void counts.increment(`key ${n}`);
  const first = counts.exchange();
  await new Promise(setImmediate);
  const second = counts.exchange();
  await new Promise(setImmediate);
  letGo();
  await Promise.all([first, second]);
  await counts.exchange();
  expect(redis.total()).toBe(200);
});

it('a Redis that lost its data opens nothing within the window', async () => {
  const redis = counters();
  const counts = countsOf(redis);
  for (let n = 0; n < 50; n += 1) void counts.increment('somebody');
  await counts.exchange();
  redis.stored.clear();
  expect(await hits(counts, 'somebody')).toBe(51);
  await counts.exchange();
  expect(await hits(counts, 'somebody')).toBe(52);
});

it('of 100,000 keys at once no more are kept than is set, and an exchange is a call for each slot at most', async () => {
  const redis = counters();
  const counts = countsOf(redis, 20_000);
  for (let n = 0; n < 100_000; n += 1) void counts.increment(`address ${n}`);
  for (let calls = -1; redis.calls.length !== calls;) {
    calls = redis.calls.length;
    await counts.exchange();
    expect(redis.calls.length - calls).toBeLessThanOrEqual(16);
  }
  expect(redis.stored.size).toBeGreaterThan(0);
  const tagsOf = ({ counters: sent }: CountInput) => new Set(sent.map(({ key }) => /^\{limit:\d+\}/.exec(key)?.[0]));
  expect(redis.calls.every((call) => tagsOf(call).size === 1 && !tagsOf(call).has(undefined))).toBe(true);
  expect(redis.stored.size).toBeLessThanOrEqual(20_000);
  expect(await hits(counts, 'address 99999')).toBe(2);
  expect(await hits(counts, 'address 0')).toBe(1);
});

it('what could not be sent in its window is not sent after it', async () => {
  let isAway = true;
  const redis = counters(() => (isAway ? unavailable() : Promise.resolve()));
  const counts = countsOf(redis);
  void counts.increment('somebody');
  await counts.exchange();
  isAway = false;
  jest.setSystemTime(1001 * windowMs);
  await counts.exchange();
  expect(redis.total()).toBe(0);
  expect(await hits(counts, 'somebody')).toBe(1);
});

it('the first exchange that fails and the first that works again are reported, once each', async () => {
  let isAway = true;
  const redis = counters(() => (isAway ? unavailable() : Promise.resolve()));
  const counts = countsOf(redis);
  for (let n = 0; n < 3; n += 1) {
    void counts.increment('somebody');
    await counts.exchange();
  }
  isAway = false;
  for (let n = 0; n < 3; n += 1) {
    void counts.increment('somebody');
    await counts.exchange();
  }
  expect(reports).toEqual([expect.any(RedisUnavailableError), undefined]);
  expect(redis.total()).toBe(6);
});

it('hostile keys are as short in Redis as all others, and cannot be read there', async () => {
  const redis = counters();
  const counts = countsOf(redis);
  void counts.increment('10.0.0.1'.repeat(2000));
  await counts.exchange();
  expect([...redis.stored.keys()]).toEqual([expect.stringMatching(/^\{limit:\d+\}:spec:1000:[\w-]{22}$/)]);
});
