import { hash, verify } from '@node-rs/argon2';
import { ServiceError } from '@badger-store/service-kit';
import type { Passwords } from '../domain/passwords';

/** The package exports a const enum, which isolated modules can't read. */
const argon2id = 2;

/**
 * Argon2id (RFC 9106) with 19 MiB and two passes, as OWASP advises:
 * https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id
 */
const parameters = { algorithm: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export interface Argon2Options {
  /** Default 2: they share libuv's four threads with file and DNS access. */
  readonly concurrency?: number;
  /** Default 200: a full queue takes about three seconds. */
  readonly maxWaiting?: number;
}

/** Rejects with 503 if too many passwords wait to be hashed. */
export function createArgon2Passwords({ concurrency = 2, maxWaiting = 200 }: Argon2Options = {}): Passwords {
  const limited = createConcurrencyLimit(concurrency, maxWaiting);
  const decoyHash = hash('decoy', parameters);
  return {
    hash: (password) => limited(() => hash(password.normalize('NFKC'), parameters)),
    async matches(password, passwordHash) {
      const compared = passwordHash ?? (await decoyHash);
      const matches = await limited(() => verify(compared, password.normalize('NFKC')));
      return matches && passwordHash !== undefined;
    },
  };
}

function createConcurrencyLimit(concurrency: number, maxWaiting: number) {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (running >= concurrency) {
      if (waiting.length >= maxWaiting) {
        const message = 'Too many sign-ins are in progress. Retry after 2 seconds.';
        throw new ServiceError('unavailable', 'BUSY', message, { retryAfterSeconds: 2 });
      }
      // The previous task does not lower `running`, but passes its place on.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
