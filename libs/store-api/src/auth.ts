import { z } from 'zod';
import { characters } from './text';

const refreshIn = z
  .enum(['body', 'cookie'])
  .meta({
    id: 'RefreshIn',
    description:
      'Where the gateway sends the refresh token: in the JSON body, or in a cookie, which only first-party origins may ask for',
  })
  .default('body');

/** The name before the @ has 64 octets at most: RFC 5321, section 4.5.3.1.1. */
const shortName = /^[^@]{1,64}@/;
/** A dot-string and a domain of two labels or more: RFC 5321, section 4.1.2, and RFC 1035, section 2.3.4. */
const dotted =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])$/;

const email = z
  .string()
  .max(254)
  .regex(shortName, 'must have 1 to 64 characters before the @')
  .regex(dotted, 'must be an e-mail address');
const givenEmail = email.transform((text) => text.toLowerCase());
const password = characters(1, 256, 'NFKC').describe('Compared, and its characters counted, in Unicode NFKC');
/** NIST SP 800-63B, section 3.1.1.1, asks for 8, and for 15 where nothing but a password is asked for. */
const newPassword = characters(12, 256, 'NFKC').describe('Its characters are counted in Unicode NFKC');

export const guestOptions = z.strictObject({ refreshIn }).meta({ id: 'GuestOptions' });
const refreshToken = z.string().regex(/^[A-Za-z0-9._-]{1,500}$/, 'must be a refresh token');
const guestRefreshToken = refreshToken
  .optional()
  .describe('Proves the guest whose cart and orders come along, also when the userToken has expired');

export const credentials = z
  .strictObject({ email: givenEmail, password, refreshIn, guestRefreshToken })
  .meta({ id: 'SignInRequest' });
export const newCredentials = z
  .strictObject({ email: givenEmail, password: newPassword, refreshIn, guestRefreshToken })
  .meta({ id: 'RegisterRequest' });
export const refreshRequest = z.strictObject({ refreshToken: refreshToken.optional() }).meta({ id: 'RefreshRequest' });
export const passwordChange = z.strictObject({ currentPassword: password, newPassword }).meta({ id: 'PasswordChange' });
export const accountDeletion = z.strictObject({ password }).meta({ id: 'AccountDeletion' });

export const user = z
  .strictObject({
    id: z.string().regex(/^[gu]-[A-Za-z0-9_-]{22}$/),
    kind: z.enum(['guest', 'user']).meta({ id: 'UserKind' }),
    email: email.optional(),
  })
  .meta({ id: 'User' });

export const session = z
  .strictObject({
    userToken: z.string().describe('A JWT (ES256), for `Authorization: Bearer`'),
    tokenType: z.string().describe('Always `Bearer`'),
    expiresIn: z.int().positive().describe('Seconds until the userToken expires'),
    refreshToken: z.string().optional().describe('Missing when it is in the cookie'),
    refreshExpiresIn: z.int().positive().describe('Seconds until the session ends, unless it is refreshed before'),
    user,
    guest: z
      .strictObject({
        migrated: z.boolean(),
        reason: z
          .enum(['expired', 'session_ended', 'belongs_to_another_user'])
          .meta({ id: 'MigrationFailure' })
          .optional(),
      })
      .meta({ id: 'GuestMigration' })
      .optional()
      .describe('Whether the cart and the orders of the guest now belong to this user, and why not'),
    clampedLines: z
      .array(
        z
          .strictObject({
            id: z.string().describe('The id of the item'),
            requested: z.int().positive().describe('The quantity in the carts of guest and user together'),
            quantity: z
              .int()
              .nonnegative()
              .describe('The quantity in the cart now; 0 when the cart had no room for the line'),
          })
          .meta({ id: 'ClampedLine' }),
      )
      .optional()
      .describe('Lines of the guest’s cart that the limits of a cart let in only in part'),
  })
  .meta({ id: 'Session' });

export const jwks = z
  .strictObject({
    keys: z.array(
      z
        .strictObject({
          kty: z.literal('EC'),
          crv: z.literal('P-256'),
          x: z.string(),
          y: z.string(),
          kid: z.string(),
          alg: z.literal('ES256'),
          use: z.literal('sig'),
        })
        .meta({ id: 'Jwk' }),
    ),
  })
  .meta({ id: 'JwkSet' });
