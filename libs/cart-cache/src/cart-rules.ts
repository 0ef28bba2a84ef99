import type { CartItem, CheckoutRecord, MergeRule } from './cart-cache';
import { CartLimitError, InvalidCartInputError } from './cart-errors';

export interface CartLimits {
  readonly maxLines: number;
  readonly maxQuantity: number;
}

const userTokenPattern = /^[A-Za-z0-9_-]{1,128}$/;
const itemIdPattern = /^[A-Za-z0-9][A-Za-z0-9._~-]{0,63}$/;

export function assertUserToken(userToken: unknown): asserts userToken is string {
  if (typeof userToken !== 'string' || !userTokenPattern.test(userToken)) {
    throw new InvalidCartInputError('A user token is 1 to 128 of A-Z a-z 0-9 _ -.');
  }
}

export function assertItemId(id: unknown): asserts id is string {
  if (typeof id !== 'string' || !itemIdPattern.test(id)) {
    throw new InvalidCartInputError('An item id is 1 to 64 of A-Z a-z 0-9 . _ ~ -, the first a letter or a digit.');
  }
}

const operationIdPattern = /^[A-Za-z0-9_-]{1,64}$/;

export function assertOperationId(operationId: unknown): asserts operationId is string {
  if (typeof operationId !== 'string' || !operationIdPattern.test(operationId)) {
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

export function assertItems(items: unknown, limits: CartLimits): asserts items is readonly CartItem[] {
  if (!Array.isArray(items)) throw new InvalidCartInputError('Items are an array.');
  const seen = new Set<string>();
  for (const item of items as unknown[]) {
    const { id, quantity } = toFields(item);
    assertItemId(id);
    assertQuantity(quantity, 1, limits);
    if (seen.has(id)) throw new InvalidCartInputError(`The item ${id} is there twice.`);
    seen.add(id);
  }
  if (items.length > limits.maxLines) throw new CartLimitError('TOO_MANY_LINES', limits.maxLines);
}

const checkoutIdPattern = /^[A-Za-z0-9_-]{1,64}$/;
const incarnationPattern = /^[A-Za-z0-9_-]{1,128}$/;
/** A record may be older than the limits that hold now; its quantities have to be exact numbers in Lua. */
const recordLimits = { maxLines: Infinity, maxQuantity: Number.MAX_SAFE_INTEGER };

/** The caller's record has the shape of one that a checkout gave. */
export function assertRecord(record: unknown): asserts record is CheckoutRecord {
  const { checkoutId, incarnation, items } = toFields(record);
  if (typeof checkoutId !== 'string' || !checkoutIdPattern.test(checkoutId)) {
    throw new InvalidCartInputError('A checkout id is 1 to 64 of A-Z a-z 0-9 _ -.');
  }
  if (typeof incarnation !== 'string' || !incarnationPattern.test(incarnation)) {
    throw new InvalidCartInputError('An incarnation is 1 to 128 of A-Z a-z 0-9 _ -.');
  }
  assertItems(items, recordLimits);
}

const toFields = (it: unknown): Readonly<Record<string, unknown>> =>
  typeof it === 'object' && it !== null ? (it as Record<string, unknown>) : {};
