import { hash, verify } from '@node-rs/argon2';
import { ServiceError } from '@badger-store/service-kit';
import type { Passwords } from '../domain/passwords';

/** The package exports it as a const enum, which a file that is compiled by itself cannot read. */
const argon2id = 2;

/**
 * Argon2id (RFC 9106) with 19 MiB and two passes, as OWASP advises:
 * https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id
 */
const parameters = { algorithm: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export interface Argon2Options {
  /** How many are hashed at once; default 2, as they share four threads with everything else that waits on the system. */
  readonly concurrency?: number;
  /** How many may wait for their turn; default 200: a full one takes about three seconds, and all people of an office fit in. */
  readonly maxWaiting?: number;
}

/** Hashes on threads of their own, a bounded number of passwords at once. Rejects with 503 when too many wait. */
export function createArgon2Passwords({ concurrency = 2, maxWaiting = 200 }: Argon2Options = {}): Passwords {
  const inTurn = createTurns(concurrency, maxWaiting);
  const nobodysHash = hash('nobody’s password', parameters);
  return {
    hash: (password) => inTurn(() => hash(password.normalize('NFKC'), parameters)),
    async matches(password, passwordHash) {
      const compared = passwordHash ?? (await nobodysHash);
      const matches = await inTurn(() => verify(compared, password.normalize('NFKC')));
      return matches && passwordHash !== undefined;
    },
  };
}

function createTurns(concurrency: number, maxWaiting: number) {
  const waiting: (() => void)[] = [];
  let working = 0;
  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (working >= concurrency) {
      if (waiting.length >= maxWaiting) {
        throw new ServiceError(
          'unavailable',
          'BUSY',
          'Too many people are signing in at this moment. Retry after 2 seconds.',
          {
            retryAfterSeconds: 2,
          },
        );
      }
      // The one that ends hands its turn on.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else working += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else working -= 1;
    }
  };
}
