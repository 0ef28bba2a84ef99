import type { CartLine, CheckoutRecord, MergeRule } from './carts';
import { CartLimitError, InvalidCartInputError } from './cart-errors';

export interface CartLimits {
  readonly maxLines: number;
  readonly maxQuantity: number;
}

const cartIdPattern = /^[A-Za-z0-9_-]{1,128}$/;
const lineIdPattern = /^[A-Za-z0-9][A-Za-z0-9._~-]{0,63}$/;

export function assertCartId(cartId: unknown): asserts cartId is string {
  if (typeof cartId !== 'string' || !cartIdPattern.test(cartId)) {
    throw new InvalidCartInputError('A user token is 1 to 128 of A-Z a-z 0-9 _ -.');
  }
}

export function assertLineId(id: unknown): asserts id is string {
  if (typeof id !== 'string' || !lineIdPattern.test(id)) {
    throw new InvalidCartInputError('An item id is 1 to 64 of A-Z a-z 0-9 . _ ~ -, the first a letter or a digit.');
  }
}

const idempotencyKeyPattern = /^[A-Za-z0-9_-]{1,64}$/;

export function assertIdempotencyKey(idempotencyKey: unknown): asserts idempotencyKey is string {
  if (typeof idempotencyKey !== 'string' || !idempotencyKeyPattern.test(idempotencyKey)) {
    throw new InvalidCartInputError('An operation id is 1 to 64 of A-Z a-z 0-9 _ -.');
  }
}

const mergeRules: readonly unknown[] = ['sum', 'max', 'replace'];

export function assertMergeRule(rule: unknown): asserts rule is MergeRule {
  if (!mergeRules.includes(rule)) throw new InvalidCartInputError('A merge is by the rule sum, max or replace.');
}

/** A whole number of at least `least`; over the limit it is a `CartLimitError`. */
export function assertQuantity(quantity: unknown, least: 0 | 1, limits: CartLimits): asserts quantity is number {
  if (typeof quantity !== 'number' || !Number.isInteger(quantity) || quantity < least) {
    throw new InvalidCartInputError(`A quantity is a whole number of at least ${least}.`);
  }
  if (quantity > limits.maxQuantity) throw new CartLimitError('TOO_MANY_OF_ITEM', limits.maxQuantity);
}

export function assertLines(lines: unknown, limits: CartLimits): asserts lines is readonly CartLine[] {
  if (!Array.isArray(lines)) throw new InvalidCartInputError('Items are an array.');
  const seen = new Set<string>();
  for (const item of lines as unknown[]) {
    const { id, quantity } = toFields(item);
    assertLineId(id);
    assertQuantity(quantity, 1, limits);
    if (seen.has(id)) throw new InvalidCartInputError(`The item ${id} is there twice.`);
    seen.add(id);
  }
  if (lines.length > limits.maxLines) throw new CartLimitError('TOO_MANY_LINES', limits.maxLines);
}

const checkoutIdPattern = /^[A-Za-z0-9_-]{1,64}$/;
const cartVersionPattern = /^[A-Za-z0-9_-]{1,128}$/;
/** A record may be older than the limits that hold now; its quantities have to be exact numbers in Lua. */
const recordLimits = { maxLines: Infinity, maxQuantity: Number.MAX_SAFE_INTEGER };

/** The caller's record has the shape of one that a checkout gave. */
export function assertRecord(record: unknown): asserts record is CheckoutRecord {
  const { checkoutId, cartVersion, lines } = toFields(record);
  if (typeof checkoutId !== 'string' || !checkoutIdPattern.test(checkoutId)) {
    throw new InvalidCartInputError('A checkout id is 1 to 64 of A-Z a-z 0-9 _ -.');
  }
  if (typeof cartVersion !== 'string' || !cartVersionPattern.test(cartVersion)) {
    throw new InvalidCartInputError('An cartVersion is 1 to 128 of A-Z a-z 0-9 _ -.');
  }
  assertLines(lines, recordLimits);
}

const toFields = (it: unknown): Readonly<Record<string, unknown>> =>
  typeof it === 'object' && it !== null ? (it as Record<string, unknown>) : {};
