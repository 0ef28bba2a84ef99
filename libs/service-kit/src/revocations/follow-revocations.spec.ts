import { until } from '@badger-store/test-kit';
import type { TokenHolder } from './revocation-list';
import { followRevocations, type FollowOptions, type RevocationFollower } from './follow-revocations';
import { hashSessionId, type RevocationPage } from './revocation-page';

let follower: RevocationFollower | undefined;
afterEach(() => follower?.close());
const follow = (read: FollowOptions['read'], options: Partial<FollowOptions> = {}) => {
  follower?.close();
  return (follower = followRevocations({ read, report: () => undefined, pollMs: 5, ...options }));
};

const page = (changes: Partial<RevocationPage> & { revoked?: string[] } = {}): RevocationPage => {
  const { revoked = [], ...rest } = changes;
  const sessions = Buffer.concat(revoked.map(hashSessionId));
  return { completeUntil: new Date(), nextPoll: '7.0', users: [], apiKeys: [], sessions, ...rest };
};
const holder = (sessionId: string): TokenHolder => ({
  id: 'u-1',
  sessionId,
  sessionVersion: 1,
  issuedAt: Math.floor(Date.now() / 1000) + 60,
  apiKeyId: undefined,
});
const unavailable = () => Promise.reject(new Error('PostgreSQL is unavailable'));

it('a follower is stale until its first poll has ended', async () => {
  let end!: (value: RevocationPage) => void;
  const first = new Promise<RevocationPage>((resolve) => (end = resolve));
  const revocations = follow(() => first);
  expect(revocations.isStale()).toBe(true);
  await expect(revocations.check()).rejects.toThrow('stale');
  end(page());
  await until('it is fresh', () => !revocations.isStale());
  await revocations.check();
});

it('a follower continues at the cursor of the first page when a poll has several pages', async () => {
  const asked: (string | undefined)[] = [];
  const pages = [
    page({ nextPoll: '10.0', nextPage: '8.1', revoked: ['s-1'] }),
    page({ nextPoll: '99.0', nextPage: '9.2', revoked: ['s-2'] }),
    page({ nextPoll: '100.0', revoked: ['s-3'] }),
  ];
  const revocations = follow((cursor) => {
    asked.push(cursor);
    return Promise.resolve(pages[asked.length - 1] ?? page({ nextPoll: '10.0' }));
  });
  await until('a second poll has started', () => asked.length >= 4);
  expect(asked.slice(0, 4)).toEqual([undefined, '8.1', '9.2', '10.0']);
  for (const id of ['s-1', 's-2', 's-3']) expect(revocations.isRevoked(holder(id))).toBe(true);
  expect(revocations.isRevoked(holder('s-4'))).toBe(false);
});

it('a follower repeats a poll when one of its pages could not be read', async () => {
  const asked: (string | undefined)[] = [];
  const revocations = follow((cursor) => {
    asked.push(cursor);
    if (asked.length === 2) return unavailable();
    return Promise.resolve(page({ nextPoll: '10.0', ...(cursor === undefined && { nextPage: '8.1' }) }));
  });
  await until('it is fresh', () => !revocations.isStale());
  expect(asked.slice(0, 4)).toEqual([undefined, '8.1', undefined, '8.1']);
});

it('a follower counts from the start of a poll, not from its end', async () => {
  let reads = 0;
  const staleAfterMs = 200;
  const revocations = follow(
    async () => {
      reads += 1;
      await new Promise((resolve) => setTimeout(resolve, 2 * staleAfterMs));
      return page({ revoked: ['s-1'] });
    },
    { staleAfterMs },
  );
  await until('a poll has ended', () => reads > 1);
  expect(revocations.isRevoked(holder('s-1'))).toBe(true);
  expect(revocations.isStale()).toBe(true);
});

it('a follower keeps what it knows while it is stale, reports once, and recovers', async () => {
  const reports: (string | undefined)[] = [];
  let isUnavailable = false;
  let reads = 0;
  const revocations = follow(
    () => {
      reads += 1;
      return isUnavailable ? unavailable() : Promise.resolve(page({ revoked: ['s-1'] }));
    },
    { staleAfterMs: 60, report: (error) => void reports.push((error as Error | undefined)?.message) },
  );
  await until('it is fresh', () => !revocations.isStale());
  isUnavailable = true;
  await until('it is stale', () => revocations.isStale());
  await until('it is reported', () => reports.length > 0);
  const since = reads;
  await until('it polls on', () => reads > since + 3);
  expect(reports).toEqual(['PostgreSQL is unavailable']);
  expect(revocations.isRevoked(holder('s-1'))).toBe(true);
  isUnavailable = false;
  await until('it is fresh again', () => !revocations.isStale());
  expect(reports).toEqual(['PostgreSQL is unavailable', undefined]);
});

it('a follower has one poll in flight', async () => {
  let inFlight = 0;
  let maxInFlight = 0;
  let reads = 0;
  follow(async () => {
    maxInFlight = Math.max(maxInFlight, (inFlight += 1));
    await new Promise((resolve) => setTimeout(resolve, 20));
    inFlight -= 1;
    reads += 1;
    return page();
  });
  await until('some polls have ended', () => reads > 5);
  expect(maxInFlight).toBe(1);
});

it('a follower polls no more when it is closed', async () => {
  let reads = 0;
  const revocations = follow(() => {
    reads += 1;
    return Promise.resolve(page());
  });
  await until('it is fresh', () => !revocations.isStale());
  revocations.close();
  await new Promise((resolve) => setTimeout(resolve, 20));
  const since = reads;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(reads).toBe(since);
});
