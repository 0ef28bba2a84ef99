import { parseMember, toMember, type Revocation } from './revocation';

const revocations: Revocation[] = [
  { kind: 'session', id: 's-1' },
  { kind: 'session', id: 'a:"odd"\n id' },
  { kind: 'api-key', id: 'k-1' },
  { kind: 'subject', id: 'u-1', startedBefore: 0 },
  { kind: 'subject', id: 'u-1', startedBefore: 1_700_000_000_123, exceptSession: 's-1' },
];

it.each(revocations)('%j is the same after it went through the feed', (revocation) => {
  expect(parseMember(toMember(revocation))).toEqual(revocation);
});

it('what differs is another member, what is the same is the same one', () => {
  expect(new Set(revocations.map(toMember)).size).toBe(revocations.length);
  expect(toMember({ kind: 'session', id: 's-1', more: 1 } as Revocation)).toBe(
    toMember({ kind: 'session', id: 's-1' }),
  );
});

it.each([
  { kind: 'session', id: '' },
  { kind: 'session', id: 'x'.repeat(129) },
  { kind: 'planet', id: 'x' },
  { kind: 'subject', id: 'u' },
  { kind: 'subject', id: 'u', startedBefore: -1 },
  { kind: 'subject', id: 'u', startedBefore: 1.5 },
])('%j is not published', (odd) => {
  expect(() => toMember(odd as Revocation)).toThrow();
});

it.each(['', 'x', '{}', '["planet","x"]', '["session"]', '["session","x",1]'])('%p is no revocation', (text) => {
  expect(() => parseMember(text)).toThrow();
});
