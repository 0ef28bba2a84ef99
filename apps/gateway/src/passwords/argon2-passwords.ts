import { hash, verify } from '@node-rs/argon2';
import { createConcurrencyLimit, ServiceError } from '@badger-store/service-kit';
import type { Passwords } from '../domain/passwords';

/** The package exports a const enum, which isolated modules can't read. */
const argon2id = 2;

/**
 * Argon2id (RFC 9106) with 19 MiB and two passes, as OWASP advises:
 * https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id
 */
const parameters = { algorithm: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/**
 * Rejects with 503 if too many passwords wait to be hashed. By default two are hashed at once, since they share libuv's four threads with
 * file and DNS access; a full queue then takes about three seconds.
 */
export function createArgon2Passwords(concurrency = 2, maxWaiting = 200): Passwords {
  const limited = createConcurrencyLimit(concurrency, maxWaiting, () => {
    const message = 'Too many sign-ins are in progress. Retry after 2 seconds.';
    return new ServiceError('unavailable', 'BUSY', message, { retryAfterSeconds: 2 });
  });
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
