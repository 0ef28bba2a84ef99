import type * as argon2 from '@node-rs/argon2';

/** For `jest.mock('@node-rs/argon2', …)`: hashes with the least memory, so that tests that count sign-ins do not wait for them. */
const real = jest.requireActual<typeof argon2>('@node-rs/argon2');
const cheap = { memoryCost: 8, timeCost: 1, parallelism: 1 };

export const hash = jest.fn<ReturnType<typeof real.hash>, Parameters<typeof real.hash>>((password, options, signal) =>
  real.hash(password, { ...options, ...cheap }, signal),
);
export const verify = jest.fn(real.verify);
