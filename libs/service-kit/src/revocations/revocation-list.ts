import type { User } from '../auth/user';
import { createHashTable, type Hash, type HashTable } from './hash-table';
import {
  hashSessionId,
  revocationLifeMs,
  sessionHashBytes,
  type Revocation,
  type RevocationPage,
  type UserRevocation,
} from './revocation-page';

export interface RevocationListOptions {
  /** Default 2,097,152, which take 32 MiB. */
  readonly maxSessions?: number;
  /** Users and API keys together; default 100,000. */
  readonly maxUsers?: number;
  /** A monotonic clock in ms. */
  readonly now: () => number;
}

export type TokenHolder = Pick<User, 'id' | 'sessionId' | 'sessionVersion' | 'issuedAt' | 'apiKeyId'>;

export interface RevocationList {
  addPage(page: Pick<RevocationPage, 'completeUntil' | 'sessions' | 'users' | 'apiKeys'>): void;
  add(revocation: Revocation): void;
  isRevoked(holder: TokenHolder): boolean;
}

interface Bucket {
  readonly startedAt: number;
  lastAddedAt: number;
  /** In ms of PostgreSQL's clock: every revocation in the bucket was committed before. */
  completeUntil: number;
  readonly sessions: HashTable;
  readonly users: Map<string, UserRevocation>;
  readonly apiKeys: Set<string>;
}

const bucketMs = 60_000;
/** Growing a larger table would block the event loop for too long. */
const maxSessionsPerBucket = 2 ** 17;
/** Between the clocks of PostgreSQL and of the gateway that signs tokens. */
const clockToleranceMs = 5000;

/**
 * Keeps revocations in buckets of one minute, and drops a bucket when every token that it refuses has expired. If the list exceeds a limit, it
 * drops the oldest bucket early and refuses all tokens that were issued before: clients then refresh their tokens.
 */
export function createRevocationList({
  maxSessions = 2 ** 21,
  maxUsers = 100_000,
  now,
}: RevocationListOptions): RevocationList {
  const buckets: Bucket[] = [];
  const hashes = new WeakMap<object, Hash>();
  let completeUntil = 0;
  let refusedUntil = -Infinity;

  const getCurrentBucket = (): Bucket => {
    const last = buckets.at(-1);
    if (last && now() - last.startedAt < bucketMs && last.sessions.size < maxSessionsPerBucket) return last;
    const bucket: Bucket = {
      startedAt: now(),
      lastAddedAt: now(),
      completeUntil,
      sessions: createHashTable(),
      users: new Map(),
      apiKeys: new Set(),
    };
    buckets.push(bucket);
    return bucket;
  };
  /** Pages overlap, so that a bucket may already have the revocation. */
  const addTo = (has: (bucket: Bucket) => boolean, add: (bucket: Bucket) => void): void => {
    let bucket = buckets.find(has);
    if (!bucket) {
      bucket = getCurrentBucket();
      bucket.lastAddedAt = now();
      add(bucket);
    }
    bucket.completeUntil = completeUntil;
  };
  const addSession = (hash: Hash) =>
    addTo(
      ({ sessions }) => sessions.has(hash),
      ({ sessions }) => sessions.add(hash),
    );
  const addUser = (user: UserRevocation) =>
    addTo(
      ({ users }) => (users.get(user.id)?.sessionVersion ?? -1) >= user.sessionVersion,
      ({ users }) => users.set(user.id, user),
    );
  const addApiKey = (id: string) =>
    addTo(
      ({ apiKeys }) => apiKeys.has(id),
      ({ apiKeys }) => apiKeys.add(id),
    );

  const total = (size: (bucket: Bucket) => number) => buckets.reduce((sum, bucket) => sum + size(bucket), 0);
  const isFull = () =>
    total(({ sessions }) => sessions.size) > maxSessions ||
    total(({ users, apiKeys }) => users.size + apiKeys.size) > maxUsers;
  const dropOld = (): void => {
    while (buckets[0] && now() - buckets[0].lastAddedAt > revocationLifeMs) buckets.shift();
    while (isFull()) refusedUntil = Math.max(refusedUntil, (buckets.shift()?.completeUntil ?? 0) + clockToleranceMs);
  };

  const getHash = (holder: TokenHolder): Hash => {
    const known = hashes.get(holder);
    if (known) return known;
    const hash = readHash(hashSessionId(holder.sessionId), 0);
    hashes.set(holder, hash);
    return hash;
  };

  return {
    addPage(page) {
      completeUntil = Math.max(completeUntil, page.completeUntil.getTime());
      for (let i = 0; i < page.sessions.length; i += sessionHashBytes) addSession(readHash(page.sessions, i));
      for (const user of page.users) addUser(user);
      for (const id of page.apiKeys) addApiKey(id);
      dropOld();
    },
    add(revocation) {
      if (revocation.kind === 'session') addSession(readHash(hashSessionId(revocation.id), 0));
      else if (revocation.kind === 'user') addUser(revocation);
      else addApiKey(revocation.id);
    },
    isRevoked(holder) {
      if (holder.issuedAt * 1000 <= refusedUntil) return true;
      if (buckets.length === 0) return false;
      const hash = getHash(holder);
      return buckets.some(
        ({ sessions, users, apiKeys }) =>
          sessions.has(hash) ||
          isRefused(users.get(holder.id), holder) ||
          (holder.apiKeyId !== undefined && apiKeys.has(holder.apiKeyId)),
      );
    },
  };
}

const readHash = (hashes: Buffer, offset: number): Hash => ({
  high: hashes.readUInt32LE(offset),
  low: hashes.readUInt32LE(offset + 4),
});

const isRefused = (user: UserRevocation | undefined, { sessionId, sessionVersion }: TokenHolder): boolean =>
  user !== undefined && sessionVersion < user.sessionVersion && sessionId !== user.keptSession;
