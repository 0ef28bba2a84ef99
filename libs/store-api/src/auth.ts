import { z } from 'zod';

/** Where a refresh token travels: in the JSON of requests and answers, or in a cookie, for the store's own pages. */
const refreshIn = z.enum(['body', 'cookie']).default('body');

const email = z
  .email()
  .max(254)
  .transform((text) => text.toLowerCase());
const password = z.string().min(1).max(256);
/** Counted in characters, not in units of UTF-16. */
const newPassword = password.refine((text) => [...text].length >= 12, 'must have at least 12 characters');

export const guestOptions = z.strictObject({ refreshIn });
export const credentials = z.strictObject({ email, password, refreshIn });
export const newCredentials = z.strictObject({ email, password: newPassword, refreshIn });
export const refreshRequest = z.strictObject({
  refreshToken: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,200}$/, 'must be a refresh token')
    .optional(),
});
export const passwordChange = z.strictObject({ currentPassword: password, newPassword });

const user = z.strictObject({
  id: z.string().regex(/^[gu]-[A-Za-z0-9_-]{22}$/),
  kind: z.enum(['guest', 'user']),
  email: z.email().optional(),
});

export const session = z.strictObject({
  userToken: z.string().describe('A JWT (ES256), for `Authorization: Bearer`'),
  tokenType: z.literal('Bearer'),
  expiresIn: z.int().describe('Seconds until the userToken expires'),
  refreshToken: z.string().optional().describe('Left out where it is in the cookie'),
  refreshExpiresIn: z.int().describe('Seconds until the session ends, unless it is refreshed before'),
  user,
});

export const me = user;

export const jwks = z.strictObject({
  keys: z.array(
    z.strictObject({
      kty: z.literal('EC'),
      crv: z.literal('P-256'),
      x: z.string(),
      y: z.string(),
      kid: z.string(),
      alg: z.literal('ES256'),
      use: z.literal('sig'),
    }),
  ),
});
