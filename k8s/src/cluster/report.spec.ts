import type { CallLine } from './shopper/client';
import { countErrors, findLongestOutage, parseOutput, toTable } from './report';

const success = (at: number, kind: CallLine[1] = 'cart', ms = 10): CallLine => [at, kind, 200, '', ms, 0];
const failure = (at: number, kind: CallLine[1] = 'cart', ms = 10): CallLine => [
  at,
  kind,
  503,
  'REDIS_UNAVAILABLE',
  ms,
  1,
];

it('an outage lasts from the start of the first failed call to the end of the next success', () => {
  const calls = [success(0), failure(100, 'cart', 50), failure(300), success(900, 'cart', 100), success(5000)];
  expect(findLongestOutage(calls)).toEqual({ kind: 'cart', ms: 900 });
});

it('an outage of one kind of call lasts while other kinds succeed', () => {
  const calls = [failure(0, 'checkout'), success(50), success(1500), success(2000, 'checkout', 0)];
  expect(findLongestOutage(calls)).toEqual({ kind: 'checkout', ms: 2000 });
});

it('a success of another customer ends an outage', () => {
  expect(findLongestOutage([failure(0), success(20), failure(1000), success(1020)])).toEqual({ kind: 'cart', ms: 30 });
});

it('an outage that does not end lasts until the last call', () => {
  expect(findLongestOutage([failure(0), failure(400), success(1000, 'add')])).toEqual({ kind: 'cart', ms: 1010 });
});

it('calls without a failure have no outage', () => {
  expect(findLongestOutage([success(0), success(60_000)])).toBeUndefined();
});

it('errors are counted by kind, status and code', () => {
  const dropped: CallLine = [0, 'add', 0, 'ECONNRESET', 3, 1];
  expect([...countErrors([success(0), failure(1), failure(2), dropped])]).toEqual([
    ['cart 503 REDIS_UNAVAILABLE', 2],
    ['add no response ECONNRESET', 1],
  ]);
});

it('the output of a shopper that still runs is read up to its last complete line', () => {
  const lines = [{ started: 5 }, success(6), { violation: 'mug: 1 instead of 2', at: 7 }].map((line) =>
    JSON.stringify(line),
  );
  const running = parseOutput(`${lines.join('\n')}\n[8,"ca`);
  expect(running).toEqual({ calls: [success(6)], violations: ['mug: 1 instead of 2'], started: 5, done: false });
  expect(parseOutput('{"done":9,"customers":3}\n').done).toBe(true);
});

it('the table has a row for each story, and the reason of a skipped one', () => {
  const table = toTable([
    { story: 'restart', requests: 12_345, errors: 0, violations: [], seconds: 61.4, missed: [] },
    {
      story: 'drain',
      requests: 10,
      errors: 2,
      outage: { kind: 'add', ms: 1240 },
      violations: ['x'],
      seconds: 9,
      missed: ['2 errors instead of 0'],
    },
    { story: 'node-cut', skipped: 'there is no --cut-node', missed: [] },
  ]);
  expect(table.split('\n').slice(2)).toEqual([
    '| restart | 12,345 | 0 |  | 0 | 61 | met |',
    '| drain | 10 | 2 | 1.2 (add) | 1 | 9 | 2 errors instead of 0 |',
    '| node-cut |  |  |  |  |  | skipped: there is no --cut-node |',
  ]);
});
