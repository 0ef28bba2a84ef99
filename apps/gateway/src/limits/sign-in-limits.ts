import type { RedisClient } from '@badger-store/redis-kit';
import { toClientNetwork } from '../client-address';
import { EmailTakenError, TooManyAttemptsError, WrongCredentialsError } from '../domain/identity-errors';
import type { SignInAttempt, SignInLimits } from '../domain/sign-in';
import { createMemoryLimiter, createRedisLimiter, toShortKey, type LimiterOptions } from './limiters';
import { createPermitQueue, isDenied, type Acquired, type PermitQueueOptions } from './permit-queue';
import { createPermits, isPermit, type Permit, type PermitRule } from './permits';

const hour = 3600;

/**
 * One address fails at one account at most 60 times in the six hours in which the account allows 100, the limit of NIST SP 800-63B-4,
 * section 3.2.2. So an attacker at one address never makes the devices of an account wait for each other.
 */
const signInRules = {
  address: { name: 'address', maxFailures: 30, windowSeconds: hour },
  accountAtAddress: { name: 'account-address', maxFailures: 10, windowSeconds: hour, isClearedBySuccess: true },
  account: { name: 'account', maxFailures: 100, windowSeconds: 6 * hour, trickleSeconds: 10 },
  device: { name: 'device', maxFailures: 10, windowSeconds: hour, isClearedBySuccess: true },
  session: { name: 'session', maxFailures: 10, windowSeconds: hour, isClearedBySuccess: true },
} satisfies Record<string, PermitRule>;

type NeededPermits = readonly { readonly rule: PermitRule; readonly id: string }[];

export interface SignInLimitsOptions {
  readonly redis: Pick<RedisClient, 'run'>;
  readonly queue?: PermitQueueOptions;
}

const maxLocalKeys = 20_000;

/**
 * Counts in Redis for all gateways, and in memory before: a flood ends here, and while Redis is unavailable this gateway allows no more
 * than it would alone.
 */
export function createSignInLimits({ redis, queue }: SignInLimitsOptions): SignInLimits {
  const stores = [
    (options: LimiterOptions) => createMemoryLimiter(options, maxLocalKeys),
    (options: LimiterOptions) => createRedisLimiter(options, redis),
  ];
  const issuers = new Map(
    Object.values(signInRules).map((rule: PermitRule) => [rule, stores.map((store) => createPermits(rule, store))]),
  );
  const enqueue = createPermitQueue(queue);

  async function acquireAll(needed: NeededPermits): Promise<Acquired> {
    const held: Permit[] = [];
    try {
      for (const { rule, id } of needed) {
        for (const issue of issuers.get(rule) ?? []) {
          const permit = await issue(toShortKey(id));
          if (isPermit(permit)) held.push(permit);
          else {
            await releaseAll(held);
            return permit;
          }
        }
      }
      return held;
    } catch (error) {
      await releaseAll(held);
      throw error;
    }
  }

  async function acquire(attempt: SignInAttempt): Promise<Acquired> {
    const [needed, fallback] = toNeeded(attempt);
    const acquired = await acquireAll(needed);
    const isExhausted = isDenied(acquired) && !acquired.isTemporary;
    return isExhausted && fallback ? acquireAll(fallback) : acquired;
  }

  return {
    async attempt(attempt, check) {
      const permits = await enqueue(() => acquire(attempt));
      if (isDenied(permits)) throw new TooManyAttemptsError(permits.retryAfterMs);
      try {
        const result = await check();
        await Promise.all(permits.map((permit) => permit.succeed()));
        return result;
      } catch (error) {
        await (isWrongPassword(error) ? Promise.all(permits.map((permit) => permit.fail())) : releaseAll(permits));
        throw error;
      }
    },
  };
}

/** The second ones apply once the first are exhausted: a device without permits counts as unknown. */
function toNeeded(attempt: SignInAttempt): readonly [NeededPermits, NeededPermits?] {
  if ('sessionId' in attempt) return [[{ rule: signInRules.session, id: attempt.sessionId }]];
  const { email, address, deviceId } = attempt;
  const network = toClientNetwork(address);
  const unknownDevice = [
    // The address comes first, so that an address without permits creates no key for each email that it names.
    { rule: signInRules.address, id: network },
    { rule: signInRules.accountAtAddress, id: `${email} ${network}` },
    { rule: signInRules.account, id: email },
  ];
  return deviceId === undefined ? [unknownDevice] : [[{ rule: signInRules.device, id: deviceId }], unknownDevice];
}

const releaseAll = (permits: readonly Permit[]) => Promise.all(permits.map((permit) => permit.release()));

/** Registering under the email of another account tells whether the password is right, as signing in does. */
const isWrongPassword = (error: unknown) => error instanceof WrongCredentialsError || error instanceof EmailTakenError;
