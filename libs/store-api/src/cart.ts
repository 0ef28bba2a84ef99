import { z } from 'zod';
import { itemId } from './catalogue';

/** Without a maximum: the cart rejects quantities over its limit (422). */
const wholeNumber = z
  .number()
  .refine(Number.isInteger, 'must be a whole number')
  .meta({ type: 'integer', format: 'int64' });

export const newLine = z
  .strictObject({ id: itemId, quantity: wholeNumber.min(1).default(1) })
  .meta({ id: 'AddItemRequest' });

export const newQuantity = z
  .strictObject({ quantity: wholeNumber.min(0).describe('0 removes the line') })
  .meta({ id: 'SetQuantityRequest' });

/** The IETF draft has quotes, which most clients leave out: draft-ietf-httpapi-idempotency-key-header. */
const idempotencyKey = z
  .string()
  .regex(/^([A-Za-z0-9_-]{1,64}|"[A-Za-z0-9_-]{1,64}")$/, 'must be 1 to 64 of A-Z a-z 0-9 _ -')
  .transform((text) => text.replaceAll('"', ''))
  .optional()
  .describe('A repeat with the same key within 10 minutes adds nothing');

const ifMatch = z
  .string()
  .regex(/^(\*|"[A-Za-z0-9_.~-]{1,200}")$/, 'must be one ETag of the cart, or *')
  .transform((text) => (text === '*' ? undefined : text.slice(1, -1)))
  .optional()
  .describe('An ETag of the cart. The request changes nothing and fails with 412 when the cart has changed since');

export const changeHeaders = z.object({ 'if-match': ifMatch });
export const addHeaders = z.object({ 'idempotency-key': idempotencyKey, 'if-match': ifMatch });

const cartLines = z.array(z.strictObject({ id: itemId, quantity: z.int().positive() }).meta({ id: 'CartLine' }));

export const cart = z.strictObject({ cart: cartLines }).meta({ id: 'Cart' });
export const changedCart = z
  .strictObject({ message: z.string().describe('For people'), cart: cartLines })
  .meta({ id: 'ChangedCart' });
