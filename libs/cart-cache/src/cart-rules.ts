import { isId } from './cart-ids';
import type { CartLine, CheckoutRecord, MergeRule } from './carts';
import { CartLimitError, InvalidCartInputError } from './cart-errors';

export interface CartLimits {
  readonly maxLines: number;
  readonly maxQuantity: number;
  readonly maxDataBytes: number;
}

/** A line as scripts take and reply it: data is JSON, or '' for none. */
export interface LineInput {
  readonly id: string;
  readonly quantity: number;
  readonly data: string;
}

export function assertCartId(cartId: unknown): asserts cartId is string {
  if (!isId(cartId)) throw new InvalidCartInputError('A cart id is 1 to 256 characters of well-formed Unicode.');
}

export function assertLineId(lineId: unknown): asserts lineId is string {
  if (!isId(lineId)) throw new InvalidCartInputError('A line id is 1 to 256 characters of well-formed Unicode.');
}

export const idempotencyKeys = { lifeMs: 10 * 60 * 1000, max: 1000 };
const idempotencyKeyPattern = /^[A-Za-z0-9_-]{1,64}$/;

export function assertIdempotencyKey(key: unknown): asserts key is string {
  if (typeof key !== 'string' || !idempotencyKeyPattern.test(key)) {
    throw new InvalidCartInputError('An idempotency key is 1 to 64 of A-Z a-z 0-9 _ -.');
  }
}

const versionPattern = /^[A-Za-z0-9_.~-]{1,200}$/;

/** Returns '' for any version. */
export function toExpectedVersion(ifVersion: unknown): string {
  if (ifVersion === undefined) return '';
  if (typeof ifVersion !== 'string' || !versionPattern.test(ifVersion)) {
    throw new InvalidCartInputError('ifVersion is the version of a cart.');
  }
  return ifVersion;
}

const mergeRules: readonly unknown[] = ['sum', 'max', 'replace'];

export function assertMergeRule(rule: unknown): asserts rule is MergeRule {
  if (!mergeRules.includes(rule)) throw new InvalidCartInputError('A merge rule is sum, max or replace.');
}

/** A whole number of at least `min`; over the limit it is a `CartLimitError`. */
export function assertQuantity(
  quantity: unknown,
  min: 0 | 1,
  limits: Pick<CartLimits, 'maxQuantity'>,
): asserts quantity is number {
  if (typeof quantity !== 'number' || !Number.isInteger(quantity) || quantity < min) {
    throw new InvalidCartInputError(`A quantity is a whole number of at least ${min}.`);
  }
  if (quantity > limits.maxQuantity) throw new CartLimitError('TOO_MANY_OF_ITEM', limits.maxQuantity);
}

/** Returns JSON; '' for `undefined`, which changes nothing, and 'null' for what removes data. */
export function encodeData(data: unknown, { maxDataBytes }: Pick<CartLimits, 'maxDataBytes'>): string {
  if (data === undefined) return '';
  const json = stringify(data);
  if (json === undefined) throw new InvalidCartInputError('Data is JSON.');
  if (Buffer.byteLength(json) > maxDataBytes) throw new CartLimitError('DATA_TOO_LARGE', maxDataBytes);
  return json;
}

function stringify(data: unknown): string | undefined {
  try {
    return JSON.stringify(data);
  } catch (cause) {
    throw new InvalidCartInputError('Data is JSON.', { cause });
  }
}

export function toLineInputs(lines: unknown, limits: CartLimits): LineInput[] {
  if (!Array.isArray(lines)) throw new InvalidCartInputError('Lines are an array.');
  const seen = new Set<string>();
  const inputs = (lines as unknown[]).map((line): LineInput => {
    const { id, quantity, data } = toFields(line);
    assertLineId(id);
    assertQuantity(quantity, 1, limits);
    if (seen.has(id)) throw new InvalidCartInputError(`The line ${id} is there twice.`);
    seen.add(id);
    return { id, quantity, data: encodeData(data ?? undefined, limits) };
  });
  if (inputs.length > limits.maxLines) throw new CartLimitError('TOO_MANY_LINES', limits.maxLines);
  return inputs;
}

const checkoutIdPattern = /^[A-Za-z0-9_-]{1,64}$/;
const cartVersionPattern = /^[A-Za-z0-9_~-]{1,128}$/;
/** A record may be older than the limits that hold now; its quantities have to be exact numbers in Lua. */
const recordLimits = { maxLines: Infinity, maxQuantity: Number.MAX_SAFE_INTEGER, maxDataBytes: Infinity };

export interface RecordInput {
  readonly checkoutId: string;
  readonly cartVersion: string;
  readonly lines: readonly LineInput[];
}

/** The caller's record has the shape of one that a checkout gave. */
export function toRecordInput(record: CheckoutRecord): RecordInput {
  const { checkoutId, cartVersion, lines } = toFields(record);
  if (typeof checkoutId !== 'string' || !checkoutIdPattern.test(checkoutId)) {
    throw new InvalidCartInputError('A checkout id is 1 to 64 of A-Z a-z 0-9 _ -.');
  }
  if (typeof cartVersion !== 'string' || !cartVersionPattern.test(cartVersion)) {
    throw new InvalidCartInputError('A cart version is 1 to 128 of A-Z a-z 0-9 _ ~ -.');
  }
  return { checkoutId, cartVersion, lines: toLineInputs(lines, recordLimits) };
}

export const toFields = (it: unknown): Readonly<Record<string, unknown>> =>
  typeof it === 'object' && it !== null ? (it as Record<string, unknown>) : {};

/** For what a script replies and a caller gets. */
export const toLine = ({ id, quantity, data }: LineInput): CartLine =>
  data === '' ? { id, quantity } : { id, quantity, data: JSON.parse(data) };
