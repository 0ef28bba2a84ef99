import { InvalidOptionError } from '@badger-store/redis-kit';
import type { CartSettings } from './create-carts';

/** 10 years: the end of a cart has to be an exact number of milliseconds for Redis. */
const maxTtlSeconds = 315_360_000;
const maxLines = 10_000;
const maxQuantity = 1_000_000_000;
const maxDataBytes = 1_048_576;

type Check = (option: string, value: unknown) => void;

/** The type requires a check for every option. */
const checks: { readonly [Option in keyof Required<CartSettings>]: Check } = {
  ttlSeconds: (_option, value) => {
    if (typeof value !== 'function') assertTtlSeconds(value);
  },
  maxLines: wholeNumber(1, maxLines),
  maxQuantity: wholeNumber(1, maxQuantity),
  maxDataBytes: wholeNumber(1, maxDataBytes),
  checkoutLeaseSeconds: number(0, 3600),
  keyPrefix: (option, value) => {
    if (typeof value === 'string' && /^[^{}]*$/.test(value) && !/\p{Surrogate}/u.test(value)) return;
    throw new InvalidOptionError(option, `must be a string without braces, not ${describe(value)}`);
  },
};

/** For `ttlSeconds`, and for what it returns where it is a function. */
export function assertTtlSeconds(value: unknown): void {
  wholeNumber(1, maxTtlSeconds)('ttlSeconds', value);
}

/** Throws `InvalidOptionError` for the first option that is wrong. */
export function assertCartSettings(settings: CartSettings): void {
  if (typeof settings !== 'object' || settings === null) throw new InvalidOptionError('options', 'must be an object');
  for (const [option, check] of Object.entries(checks)) {
    const value = settings[option as keyof CartSettings];
    if (value !== undefined) check(option, value);
  }
}

function wholeNumber(min: number, max: number): Check {
  return (option, value) => {
    if (Number.isInteger(value) && Number(value) >= min && Number(value) <= max) return;
    throw new InvalidOptionError(option, `must be a whole number from ${min} to ${max}, not ${describe(value)}`);
  };
}

function number(above: number, max: number): Check {
  return (option, value) => {
    if (typeof value === 'number' && value > above && value <= max) return;
    throw new InvalidOptionError(option, `must be a number above ${above} and at most ${max}, not ${describe(value)}`);
  };
}

const describe = (value: unknown): string => (typeof value === 'string' ? JSON.stringify(value) : String(value));
