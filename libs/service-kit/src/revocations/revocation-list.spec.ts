import { createHash, randomFillSync } from 'node:crypto';
import { createRevocationList, type RevocationListOptions, type TokenHolder } from './revocation-list';
import {
  hashSessionId,
  revocationLifeMs,
  sessionHashBytes,
  type RevocationPage,
  type UserRevocation,
} from './revocation-page';

let time: number;
beforeEach(() => (time = 0));
const newList = (options: Partial<RevocationListOptions> = {}) => createRevocationList({ now: () => time, ...options });

const getPage = ({
  at = 1_000_000,
  sessions = [] as string[],
  users = [] as UserRevocation[],
  apiKeys = [] as string[],
}): RevocationPage => ({
  completeUntil: new Date(at),
  nextPoll: '1.1.0',
  users,
  apiKeys,
  sessions: Buffer.concat(sessions.map(hashSessionId)),
});
const holder = (changes: Partial<TokenHolder> = {}): TokenHolder => ({
  id: 'u-1',
  sessionId: 's-1',
  sessionVersion: 1,
  issuedAt: 500,
  apiKeyId: undefined,
  ...changes,
});

describe('a revocation list', () => {
  it('a revocation list refuses the tokens of a revoked session only', () => {
    const list = newList();
    expect(list.isRevoked(holder())).toBe(false);
    list.addPage(getPage({ sessions: ['s-1'] }));
    expect(list.isRevoked(holder())).toBe(true);
    expect(list.isRevoked(holder({ sessionId: 's-2' }))).toBe(false);
  });

  it('a revocation list refuses the tokens of a revoked API key', () => {
    const list = newList();
    list.addPage(getPage({ apiKeys: ['k-1'] }));
    expect(list.isRevoked(holder({ apiKeyId: 'k-1' }))).toBe(true);
    expect(list.isRevoked(holder({ apiKeyId: 'k-2' }))).toBe(false);
    expect(list.isRevoked(holder())).toBe(false);
  });

  it.each([
    ['refuses a lower session version', { sessionVersion: 1 }, true],
    ['accepts the new session version', { sessionVersion: 2 }, false],
    ['accepts a higher session version', { sessionVersion: 3 }, false],
    ['accepts a lower session version of the session that goes on', { sessionVersion: 1, sessionId: 's-kept' }, false],
    ['accepts a lower session version of another user', { id: 'u-2', sessionVersion: 1 }, false],
  ])('a token %s when the user has raised it', (_what, changes, refused) => {
    const list = newList();
    list.addPage(getPage({ users: [{ id: 'u-1', sessionVersion: 2, keptSession: 's-kept' }] }));
    expect(list.isRevoked(holder(changes))).toBe(refused);
  });

  it.each([[[2, 3]], [[3, 2]]])('a revocation list keeps the highest session version of the pages %j', (versions) => {
    const list = newList();
    for (const sessionVersion of versions) list.addPage(getPage({ users: [{ id: 'u-1', sessionVersion }] }));
    expect(list.isRevoked(holder({ sessionVersion: 2 }))).toBe(true);
    expect(list.isRevoked(holder({ sessionVersion: 3 }))).toBe(false);
  });

  it('a revocation list keeps a second revocation of a user as long as the first', () => {
    const list = newList();
    list.addPage(getPage({ users: [{ id: 'u-1', sessionVersion: 2 }] }));
    time = revocationLifeMs - 1000;
    list.addPage(getPage({ users: [{ id: 'u-1', sessionVersion: 3 }] }));
    time = 2 * revocationLifeMs - 2000;
    list.addPage(getPage({}));
    expect(list.isRevoked(holder({ sessionVersion: 2 }))).toBe(true);
  });

  it('a revocation list drops a revocation when all tokens that it refuses have expired', () => {
    const list = newList();
    time = 59_000;
    list.addPage(getPage({ sessions: ['s-0'] }));
    time = 100_000;
    list.addPage(getPage({ sessions: ['s-1'] }));
    time = 100_000 + revocationLifeMs;
    list.addPage(getPage({}));
    expect(list.isRevoked(holder())).toBe(true);
    time += 1;
    list.addPage(getPage({}));
    expect(list.isRevoked(holder())).toBe(false);
  });

  it('a revocation list does not grow when pages overlap', () => {
    const list = newList({ maxSessions: 2, maxUsers: 2 });
    const page = getPage({ sessions: ['s-1', 's-2'], users: [{ id: 'u-9', sessionVersion: 2 }], apiKeys: ['k-1'] });
    for (time = 0; time < 600_000; time += 50_000) list.addPage(page);
    expect(list.isRevoked(holder({ sessionId: 's-3' }))).toBe(false);
    expect(list.isRevoked(holder({ sessionId: 's-2' }))).toBe(true);
  });

  it('a revocation list refuses revocations of its own process immediately', () => {
    const list = newList();
    list.add({ kind: 'session', id: 's-1' });
    list.add({ kind: 'user', id: 'u-2', sessionVersion: 2, keptSession: 's-kept' });
    list.add({ kind: 'api-key', id: 'k-1' });
    expect(list.isRevoked(holder())).toBe(true);
    expect(list.isRevoked(holder({ id: 'u-2', sessionId: 's-2' }))).toBe(true);
    expect(list.isRevoked(holder({ id: 'u-2', sessionId: 's-kept' }))).toBe(false);
    expect(list.isRevoked(holder({ sessionId: 's-3', apiKeyId: 'k-1' }))).toBe(true);
  });
});

describe('a revocation list over its limit', () => {
  const seconds = (at: number) => at / 1000;
  const names = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}-${i}`);

  it('a revocation list over its limit refuses tokens that were issued before the dropped bucket, and accepts later ones', () => {
    const list = newList({ maxSessions: 10 });
    list.addPage(getPage({ at: 1_000_000, sessions: names('old', 10) }));
    time = 60_000;
    list.addPage(getPage({ at: 1_060_000, sessions: names('new', 1) }));
    const stranger = { sessionId: 'stranger' };
    expect(list.isRevoked(holder({ ...stranger, issuedAt: seconds(1_000_000) }))).toBe(true);
    expect(list.isRevoked(holder({ ...stranger, issuedAt: seconds(1_010_000) }))).toBe(false);
    expect(list.isRevoked(holder({ sessionId: 'old-3', issuedAt: seconds(999_000) }))).toBe(true);
    expect(list.isRevoked(holder({ sessionId: 'new-0', issuedAt: seconds(1_055_000) }))).toBe(true);
  });

  it('a revocation list over its limit keeps the latest revocations of its own process', () => {
    const list = newList({ maxSessions: 10 });
    list.addPage(getPage({ at: 1_000_000, sessions: names('old', 9) }));
    list.add({ kind: 'session', id: 's-1' });
    const issuedAt = seconds(1_000_000) + 20;
    list.addPage(getPage({ at: 1_030_000, sessions: [...names('old', 9), 's-1', 's-2'] }));
    expect(list.isRevoked(holder({ issuedAt }))).toBe(true);
  });

  it.each([
    ['users', { users: names('u', 11).map((id) => ({ id, sessionVersion: 2 })) }],
    ['API keys', { apiKeys: names('k', 11) }],
  ])('a revocation list refuses older tokens when there are too many %s', (_what, page) => {
    const list = newList({ maxUsers: 10 });
    list.addPage(getPage({ at: 1_000_000, ...page }));
    expect(list.isRevoked(holder({ id: 'other', issuedAt: seconds(999_000) }))).toBe(true);
    expect(list.isRevoked(holder({ id: 'other', issuedAt: seconds(1_010_000) }))).toBe(false);
  });
});

describe('with a million revoked sessions in ten minutes', () => {
  const million = 1_000_000;
  /** Of these the test knows the session ids. The others are random, since a million hashes would take seconds. */
  const known = Array.from({ length: Math.ceil(million / 10 / 97) }, (_, n) => 97 * n);
  const getMinute = (minute: number): Buffer => {
    const hashes = randomFillSync(Buffer.alloc((sessionHashBytes * million) / 10));
    for (const i of known) hashes.set(hashSessionId(`${minute}-${i}`), sessionHashBytes * i);
    return hashes;
  };

  it('a revocation list refuses each of them and no other, and its tables take less than 40 MiB', () => {
    const before = process.memoryUsage().arrayBuffers;
    const list = newList();
    for (let minute = 0; minute < 10; minute += 1) {
      time = minute * 60_000;
      const hashes = getMinute(minute);
      for (let offset = 0; offset < hashes.length; offset += 80_000) {
        list.addPage({ ...getPage({}), sessions: hashes.subarray(offset, offset + 80_000) });
      }
    }
    let missed = 0;
    let strangers = 0;
    for (let minute = 0; minute < 10; minute += 1) {
      for (const i of known) {
        if (!list.isRevoked(holder({ sessionId: `${minute}-${i}`, issuedAt: 2000 }))) missed += 1;
        const other = createHash('sha256').update(`${minute}-${i}`).digest('hex');
        if (list.isRevoked(holder({ sessionId: other, issuedAt: 2000 }))) strangers += 1;
      }
    }
    expect({ missed, strangers }).toEqual({ missed: 0, strangers: 0 });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40 * 1024 * 1024);
  });
});
