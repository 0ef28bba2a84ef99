import type { RedisClient } from '@badger-store/redis-kit';
import { networkOf } from '../client-address';
import { EmailTakenError, TooManyAttemptsError, WrongCredentialsError } from '../domain/identity-errors';
import type { SignInAttempt, SignInLimits } from '../domain/sign-in';
import { createPlaceQueue, type PlaceQueueOptions, type Taken } from './place-queue';
import { createPlaces, isPlace, type Place, type PlaceRule, type Places } from './places';
import { toShortKey } from './short-key';

const hour = 3600;

/**
 * One address fails at one account at most 60 times in the six hours in which the account allows 100, the limit of NIST SP 800-63B-4,
 * section 3.2.2. So a stranger at one address never makes the devices of an account take turns.
 */
export const signInRules = {
  address: { name: 'address', places: 30, windowSeconds: hour },
  accountAtAddress: { name: 'account-address', places: 10, windowSeconds: hour, successClears: true },
  account: { name: 'account', places: 100, windowSeconds: 6 * hour, turnSeconds: 10 },
  device: { name: 'device', places: 10, windowSeconds: hour, successClears: true },
  session: { name: 'session', places: 10, windowSeconds: hour, successClears: true },
} satisfies Record<string, PlaceRule>;

type RuleName = keyof typeof signInRules;
type Needed = readonly (readonly [RuleName, string])[];

export interface SignInLimitsOptions {
  readonly redis: Pick<RedisClient, 'run'>;
  readonly rules?: Readonly<Record<RuleName, PlaceRule>>;
  readonly queue?: PlaceQueueOptions;
}

/** Counts over all gateways; while Redis is unavailable, each gateway counts alone. */
export function createSignInLimits({ redis, rules = signInRules, queue }: SignInLimitsOptions): SignInLimits {
  const places = Object.fromEntries(
    Object.entries(rules).map(([name, rule]) => [name, createPlaces(rule, redis)]),
  ) as Record<RuleName, Places>;
  const placeQueue = createPlaceQueue(queue);

  return {
    async attempt(attempt, check) {
      const taken = await placeQueue.acquire(() => takeFirst(places, toWays(attempt)));
      if ('refusal' in taken) throw new TooManyAttemptsError(taken.refusal.retryAfterMs);
      const held = taken.places;
      try {
        const result = await check();
        await Promise.all(held.map((place) => place.succeed()));
        return result;
      } catch (error) {
        if (isWrongPassword(error)) await Promise.all(held.map((place) => place.fail()));
        else await giveBackAll(held);
        throw error;
      }
    },
  };
}

/** What an attempt needs a place of. Each way is open once the one before is used up: a device without places counts as unknown. */
function toWays(attempt: SignInAttempt): readonly Needed[] {
  if ('sessionId' in attempt) return [[['session', attempt.sessionId]]];
  const { email, address, deviceId } = attempt;
  const network = networkOf(address);
  const unknownDevice: Needed = [
    // The address comes first, so that an address without places leaves no key for each email it names.
    ['address', network],
    ['accountAtAddress', `${email} ${network}`],
    ['account', email],
  ];
  return deviceId === undefined ? [unknownDevice] : [[['device', deviceId]], unknownDevice];
}

async function takeFirst(places: Record<RuleName, Places>, ways: readonly Needed[]): Promise<Taken> {
  let taken: Taken | undefined;
  for (const needed of ways) {
    taken = await takeAll(places, needed);
    if ('places' in taken || taken.refusal.mayComeFree) return taken;
  }
  if (!taken) throw new Error('an attempt needs a place');
  return taken;
}

async function takeAll(places: Record<RuleName, Places>, needed: Needed): Promise<Taken> {
  const held: Place[] = [];
  try {
    for (const [rule, id] of needed) {
      const taken = await places[rule].take(toShortKey(id));
      if (!isPlace(taken)) {
        await giveBackAll(held);
        return { refusal: taken };
      }
      held.push(taken);
    }
    return { places: held };
  } catch (error) {
    await giveBackAll(held);
    throw error;
  }
}

const giveBackAll = (held: readonly Place[]) => Promise.all(held.map((place) => place.giveBack()));

/** Registering under the email of another account tells whether the password is right, as signing in does. */
const isWrongPassword = (error: unknown) => error instanceof WrongCredentialsError || error instanceof EmailTakenError;
