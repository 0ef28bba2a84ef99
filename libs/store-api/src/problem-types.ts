import { z } from 'zod';
import { itemId, money, shortage } from './catalogue';
import { orderId } from './orders';

interface ProblemType {
  readonly status: number;
  /** What happened, and what the caller can do. */
  readonly description: string;
  /** The members that only this problem has: https://www.rfc-editor.org/rfc/rfc9457#section-3.2 */
  readonly members?: z.ZodRawShape;
}

const fieldErrors = z
  .array(
    z
      .looseObject({
        path: z.string().describe('Where the value is, such as `payment.token`'),
        message: z.string().describe('What is wrong with it'),
      })
      .meta({ id: 'FieldError' }),
  )
  .describe('Every place that is not valid, 20 at most');

const createLines = (id: string, members: z.ZodRawShape) =>
  z.array(z.looseObject({ id: itemId, ...members }).meta({ id }));

const types = {
  BAD_REQUEST: { status: 400, description: 'The request is malformed. Correct it as `detail` says.' },
  INVALID_REQUEST: {
    status: 400,
    description: 'A value in the request is not valid. `errors` names each one.',
    members: { errors: fieldErrors.optional() },
  },
  MALFORMED_JSON: { status: 400, description: 'The body is not well-formed JSON.' },
  INVALID_CART_INPUT: { status: 400, description: 'The cart cannot hold this item or quantity.' },
  EMPTY_CART: { status: 400, description: 'The cart is empty. Add an item before the checkout.' },
  WEAK_PASSWORD: {
    status: 400,
    description: 'The password is easy to guess. Choose another one; `errors` says why.',
    members: { errors: fieldErrors },
  },
  NO_TOKEN: { status: 401, description: 'The request has no userToken. Send `Authorization: Bearer <userToken>`.' },
  INVALID_TOKEN: {
    status: 401,
    description: 'The userToken is not valid, has expired or was revoked. Refresh the session, or sign in again.',
  },
  WRONG_CREDENTIALS: { status: 401, description: 'The email or the password is wrong.' },
  INVALID_REFRESH_TOKEN: {
    status: 401,
    description: 'The refresh token is not valid, or its session has ended. Sign in again.',
  },
  INVALID_API_KEY: { status: 401, description: 'The API key is not valid, or was revoked.' },
  PAYMENT_DECLINED: {
    status: 402,
    description: 'The payment was declined. Nothing was charged, and the cart is unchanged. Try another payment.',
    members: {
      orderId: orderId.describe('The order that was declined'),
      reason: z.string().describe('Why, in the words of the payment provider, such as `card_declined`'),
    },
  },
  ORIGIN_NOT_ALLOWED: {
    status: 403,
    description:
      'The request does not come from a page of the store. Its `Origin` must be one of `FIRST_PARTY_ORIGINS`.',
  },
  MISSING_SCOPE: { status: 403, description: 'The session of this userToken does not have the scope.' },
  USERS_ONLY: {
    status: 403,
    description: 'Only users can do this, and the session is a guest’s. Register or sign in first.',
  },
  ROUTE_NOT_FOUND: { status: 404, description: 'No route matches this path. Paths are case-sensitive.' },
  ITEM_NOT_FOUND: { status: 404, description: 'There is no item with this id.' },
  ITEM_NOT_IN_CART: { status: 404, description: 'The cart has no line with this id.' },
  ORDER_NOT_FOUND: { status: 404, description: 'The user has no order with this id.' },
  METHOD_NOT_ALLOWED: { status: 405, description: 'The path does not have this method. `Allow` lists its methods.' },
  REQUEST_TOO_SLOW: { status: 408, description: 'The request took too long to arrive. The connection is closed.' },
  OUT_OF_STOCK: {
    status: 409,
    description:
      'There are not enough pieces of an item. Nothing was changed. Reduce the quantity, or remove the line.',
    members: { lines: z.array(shortage) },
  },
  PRICE_CHANGED: {
    status: 409,
    description: 'The total is not `expectedTotal`. Nothing was charged. Show the new total, and check out again.',
    members: { total: money },
  },
  INVALID_PRICE: {
    status: 409,
    description: 'An item has a price that cannot be charged. Remove the line, and check out again.',
    members: { lines: createLines('InvalidPriceLine', { price: z.unknown().describe('As the catalogue has it') }) },
  },
  MIXED_CURRENCIES: {
    status: 409,
    description: 'The items have prices in several currencies. Keep the lines in one currency.',
    members: { lines: createLines('CurrencyLine', { currency: z.string() }) },
  },
  CHECKOUT_IN_PROGRESS: {
    status: 409,
    description: 'Another checkout of this cart is running. Retry after `Retry-After`.',
  },
  EMAIL_TAKEN: { status: 409, description: 'An account with this email exists. Sign in instead.' },
  CART_VERSION_CONFLICT: {
    status: 412,
    description: 'The cart changed since the ETag in `If-Match`. Nothing was changed. Read the cart and try again.',
  },
  PRECONDITION_FAILED: {
    status: 412,
    description: 'A precondition such as `If-Match` does not hold. Nothing was changed. Read the resource again.',
  },
  BODY_TOO_LARGE: { status: 413, description: 'The body is larger than 64 KiB.' },
  NOT_JSON: { status: 415, description: 'The body is not `application/json` in UTF-8.' },
  UNSUPPORTED_ENCODING: { status: 415, description: 'The body has a content coding. Send it without one.' },
  EXPECTATION_FAILED: { status: 417, description: 'The only expectation that is supported is `100-continue`.' },
  TOO_MANY_LINES: { status: 422, description: 'The cart has the maximum number of lines. Nothing was changed.' },
  TOO_MANY_OF_ITEM: {
    status: 422,
    description: 'The line would exceed the maximum quantity of an item. Nothing was changed.',
  },
  TOO_MANY_IDEMPOTENCY_KEYS: {
    status: 422,
    description: 'Too many `Idempotency-Key`s were used with this cart in 10 minutes. Nothing was changed.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    description: 'The `Idempotency-Key` was used with another request. Nothing was changed. Use a new key.',
  },
  TOTAL_TOO_LARGE: {
    status: 422,
    description: 'The total exceeds 2^53-1. Reduce the quantities.',
    members: {
      lines: createLines('LargeLine', { quantity: z.int().positive(), unitPrice: money }),
    },
  },
  TOO_MANY_REQUESTS: { status: 429, description: 'A rate limit was exceeded. Retry after `Retry-After`.' },
  TOO_MANY_ATTEMPTS: {
    status: 429,
    description: 'There were too many attempts with a wrong password. Retry after `Retry-After`.',
  },
  HEADERS_TOO_LARGE: { status: 431, description: 'The headers are too large. The connection is closed.' },
  INTERNAL: { status: 500, description: 'The store failed. Report the `requestId`.' },
  METHOD_NOT_IMPLEMENTED: { status: 501, description: 'The store does not know this method.' },
  UNKNOWN_TRANSFER_CODING: { status: 501, description: 'The store does not know this `Transfer-Encoding`.' },
  UPSTREAM_FAILED: {
    status: 502,
    description: 'A service closed the connection. The request may have been processed.',
  },
  REDIS_UNAVAILABLE: { status: 503, description: 'Redis is unavailable. Retry after `Retry-After`.' },
  POSTGRES_UNAVAILABLE: { status: 503, description: 'PostgreSQL is unavailable. Retry after `Retry-After`.' },
  INVENTORY_UNAVAILABLE: {
    status: 503,
    description: 'The inventory service is unavailable. Retry after `Retry-After`.',
  },
  KEYS_UNAVAILABLE: {
    status: 503,
    description: 'The keys that userTokens are checked with are unavailable. Retry after `Retry-After`.',
  },
  REVOCATIONS_STALE: {
    status: 503,
    description: 'The service cannot tell whether the userToken was revoked. Retry after `Retry-After`.',
  },
  NEW_GUESTS_REFUSED: { status: 503, description: 'Redis is almost full, so the store accepts no new guests.' },
  UPSTREAM_DOWN: {
    status: 503,
    description: 'A service cannot be reached. The request was not processed. Retry after `Retry-After`.',
  },
  BUSY: { status: 503, description: 'Too many requests of this kind are running. Retry after `Retry-After`.' },
  CHECKOUT_OUTCOME_UNKNOWN: {
    status: 503,
    description:
      'The outcome of the payment is not known yet. Read the order, or check out again: the cart is not charged twice.',
    members: { orderId: orderId.optional().describe('The order, when it is known') },
  },
  UPSTREAM_TIMEOUT: {
    status: 504,
    description: 'A service did not respond in time. The request may have been processed.',
  },
  VERSION_NOT_SUPPORTED: { status: 505, description: 'The store speaks HTTP/1.0 and HTTP/1.1.' },
} satisfies Record<string, ProblemType>;

export type ProblemCode = keyof typeof types;
export const problemTypes: Readonly<Record<ProblemCode, ProblemType>> = types;

const problemCodes = Object.keys(types) as ProblemCode[];

const members = {
  type: z.string().describe('Always `about:blank`'),
  title: z.string().describe('The same for every problem with this status'),
  detail: z.string().describe('What happened, and what to do, for people'),
  requestId: z.string().optional().describe('The value of `X-Request-Id`'),
};

/** https://www.rfc-editor.org/rfc/rfc9457 */
export const problem = z
  .looseObject({
    ...members,
    status: z.int32().min(400).max(599),
    code: z.enum(problemCodes).meta({ id: 'ProblemCode' }).describe('Stable, for programs'),
  })
  .meta({ id: 'Problem', description: 'An error (RFC 9457). The schema of each `code` has its further members.' });

export const toPascalCase = (name: string) =>
  name.replace(/(?:^|[_-])?([A-Za-z])([A-Za-z]*)/g, (_all, first: string, rest: string) => first.toUpperCase() + rest);

const createProblemSchema = (code: ProblemCode) => {
  const { status, description, members: further } = problemTypes[code];
  return z
    .looseObject({ ...members, status: z.int32().min(status).max(status), code: z.literal(code), ...further })
    .meta({ id: `${toPascalCase(code.toLowerCase())}Problem`, description });
};

/** The schema of each problem, by its code. */
const problemSchemas = new Map(problemCodes.map((code) => [code, createProblemSchema(code)]));

/** Any of these problems; `code` tells which. */
export const anyProblem = (id: string, codes: readonly ProblemCode[]) => {
  const [first, ...others] = codes.map((code) => problemSchemas.get(code) as ReturnType<typeof createProblemSchema>);
  if (!first) throw new Error(`${id} has no problem`);
  return z.discriminatedUnion('code', [first, ...others]).meta({ id });
};
