import { setting } from '@badger-store/service-kit';

const perMinute = setting.number({ min: 1, max: 1_000_000_000 });

/** Requests a minute. */
export const limitSettings = {
  RATE_LIMIT_ADDRESS_PER_MINUTE: perMinute.default(1200),
  RATE_LIMIT_SESSION_PER_MINUTE: perMinute.default(600),
  RATE_LIMIT_API_KEY_PER_MINUTE: perMinute.default(6000),
  /** Of one address, to the routes that begin or renew sessions. */
  RATE_LIMIT_AUTH_PER_MINUTE: perMinute.default(60),
};

export type LimitConfig = { readonly [Name in keyof typeof limitSettings]: number };
