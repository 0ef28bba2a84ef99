import { setting } from '@badger-store/service-kit';

const perMinute = (max: number, description: string) =>
  setting.number({ min: 1, max: 1_000_000_000 }).default(max).meta({ description });

export const limitSettings = {
  RATE_LIMIT_ADDRESS_PER_MINUTE: perMinute(1200, 'Requests a minute from one address.'),
  RATE_LIMIT_SESSION_PER_MINUTE: perMinute(600, 'Requests a minute in one session.'),
  RATE_LIMIT_API_KEY_PER_MINUTE: perMinute(6000, 'Requests a minute with one API key.'),
  RATE_LIMIT_AUTH_PER_MINUTE: perMinute(
    60,
    'Requests a minute from one address to the routes that begin or renew sessions.',
  ),
};

export type LimitConfig = { readonly [Name in keyof typeof limitSettings]: number };
