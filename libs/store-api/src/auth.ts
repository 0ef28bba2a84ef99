import { z } from 'zod';
import { characters } from './text';

/** Where a refresh token travels: in the JSON of requests and answers, or in a cookie, for the store's own pages. */
const refreshIn = z.enum(['body', 'cookie']).default('body');

/** The name before the @ has 64 octets at most: RFC 5321, section 4.5.3.1.1. */
const shortName = /^[^@]{1,64}@/;
/** A dot-string and a domain of two labels or more: RFC 5321, section 4.1.2, and RFC 1035, section 2.3.4. */
const dotted =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])$/;

const email = z
  .string()
  .max(254)
  .regex(shortName, 'must have 1 to 64 characters before the @')
  .regex(dotted, 'must be an e-mail address')
  .meta({ format: 'email' });
const givenEmail = email.transform((text) => text.toLowerCase());
const password = characters(1, 256, 'NFKC').describe('Compared, and its characters counted, in Unicode NFKC');
/** NIST SP 800-63B, section 3.1.1.1, asks for 8, and for 15 where nothing but a password is asked for. */
const newPassword = characters(12, 256, 'NFKC').describe('Its characters are counted in Unicode NFKC');

export const guestOptions = z.strictObject({ refreshIn });
const refreshToken = z.string().regex(/^[A-Za-z0-9._-]{1,500}$/, 'must be a refresh token');
const guestRefreshToken = refreshToken
  .optional()
  .describe('Proves the guest whose cart and orders come along, also when the userToken has expired');

export const credentials = z.strictObject({ email: givenEmail, password, refreshIn, guestRefreshToken });
export const newCredentials = z.strictObject({
  email: givenEmail,
  password: newPassword,
  refreshIn,
  guestRefreshToken,
});
export const refreshRequest = z.strictObject({ refreshToken: refreshToken.optional() });
export const passwordChange = z.strictObject({ currentPassword: password, newPassword });

const user = z.strictObject({
  id: z.string().regex(/^[gu]-[A-Za-z0-9_-]{22}$/),
  kind: z.enum(['guest', 'user']),
  email: email.optional(),
});

export const session = z.strictObject({
  userToken: z.string().describe('A JWT (ES256), for `Authorization: Bearer`'),
  tokenType: z.literal('Bearer'),
  expiresIn: z.int().positive().describe('Seconds until the userToken expires'),
  refreshToken: z.string().optional().describe('Left out where it is in the cookie'),
  refreshExpiresIn: z.int().positive().describe('Seconds until the session ends, unless it is refreshed before'),
  user,
  guest: z
    .strictObject({
      migrated: z.boolean(),
      reason: z.enum(['expired', 'session_ended', 'belongs_to_another_user']).optional(),
    })
    .optional()
    .describe('Whether the guest who registered or signed in has become this user; the reason where not'),
  clampedLines: z
    .array(
      z.strictObject({
        id: z.string().describe('The item'),
        requested: z.int().positive().describe('What the carts of guest and user had together'),
        quantity: z.int().nonnegative().describe('What the cart has now; 0 where there was no room for another line'),
      }),
    )
    .optional()
    .describe('Lines of a guest’s cart that did not fit into the user’s, as far as they were not shown before'),
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
