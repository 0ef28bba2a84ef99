import { array, assert, constantFrom, nat, option, property, record } from 'fast-check';
import { createRevocationMemory, type Holder } from './revocation-memory';

let now: number;
beforeEach(() => (now = 0));
const memoryOf = (most = 100, lifeMs = 1000) => createRevocationMemory(lifeMs, most, () => now);
const holder: Holder = { id: 'u-1', sessionId: 's-1', sessionStartedAt: 500, apiKeyId: 'k-1' };

it('refuses the session, the API key and the subject that were revoked, and no other', () => {
  const memory = memoryOf();
  expect(memory.isRevoked(holder)).toBe(false);
  memory.add({ kind: 'session', id: 's-2' });
  memory.add({ kind: 'api-key', id: 'k-2' });
  memory.add({ kind: 'subject', id: 'u-2', startedBefore: 900 });
  expect(memory.isRevoked(holder)).toBe(false);
  expect(memory.isRevoked({ ...holder, sessionId: 's-2' })).toBe(true);
  expect(memory.isRevoked({ ...holder, apiKeyId: 'k-2' })).toBe(true);
  expect(memory.isRevoked({ ...holder, id: 'u-2' })).toBe(true);
  expect(memory.isRevoked({ ...holder, id: 'u-2', sessionStartedAt: 900 })).toBe(false);
});

it('keeps the kinds apart', () => {
  const memory = memoryOf();
  for (const kind of ['session', 'api-key'] as const) memory.add({ kind, id: 'u-1' });
  memory.add({ kind: 'subject', id: 's-1', startedBefore: 900 });
  expect(memory.isRevoked({ ...holder, apiKeyId: undefined })).toBe(false);
});

it('refuses a holder exactly if one of the subject’s revocations does', () => {
  const session = constantFrom('s-1', 's-2', 's-3');
  const revocation = record({ startedBefore: nat(9), exceptSession: option(session, { nil: undefined }) });
  assert(
    property(array(revocation, { maxLength: 8 }), session, nat(9), (revocations, sessionId, sessionStartedAt) => {
      const memory = memoryOf();
      for (const each of revocations) memory.add({ kind: 'subject', id: 'u-1', ...each });
      const refused = revocations.some(
        (each) => sessionStartedAt < each.startedBefore && sessionId !== each.exceptSession,
      );
      expect(memory.isRevoked({ id: 'u-1', sessionId, sessionStartedAt })).toBe(refused);
    }),
    { numRuns: 2000 },
  );
});

it('forgets a revocation when its life is over, counted from when it was last added', () => {
  const memory = memoryOf();
  memory.add({ kind: 'session', id: 's-1' });
  memory.add({ kind: 'session', id: 's-2' });
  now = 900;
  memory.add({ kind: 'session', id: 's-1' });
  now = 1000;
  memory.dropExpired();
  expect(memory.isRevoked(holder)).toBe(true);
  expect(memory.isRevoked({ ...holder, sessionId: 's-2' })).toBe(false);
  now = 1900;
  memory.dropExpired();
  expect(memory.isRevoked(holder)).toBe(false);
});

it('takes no more than its bound, and forgets nothing for it', () => {
  const memory = memoryOf(2);
  expect(memory.add({ kind: 'session', id: 's-1' })).toBe(true);
  expect(memory.add({ kind: 'api-key', id: 'k-2' })).toBe(true);
  expect(memory.add({ kind: 'session', id: 's-3' })).toBe(false);
  expect(memory.add({ kind: 'session', id: 's-1' })).toBe(true);
  expect(memory.isRevoked(holder)).toBe(true);
  now = 1000;
  memory.dropExpired();
  expect(memory.add({ kind: 'session', id: 's-3' })).toBe(true);
});
