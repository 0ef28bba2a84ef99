import { z } from 'zod';
import { itemId } from './catalogue';

/** How much is too much is for the cart to say (422); here it only has to be a whole number. */
const wholeNumber = z.number().refine(Number.isInteger, 'must be a whole number').meta({ type: 'integer' });

export const newLine = z.strictObject({ id: itemId, quantity: wholeNumber.min(1).default(1) });

export const newQuantity = z.strictObject({ quantity: wholeNumber.min(0).describe('0 removes the line') });

/** As the IETF draft has it, a string in quotes, or, as most clients send it, without: draft-ietf-httpapi-idempotency-key-header. */
const idempotencyKey = z
  .string()
  .regex(/^([A-Za-z0-9_-]{1,64}|"[A-Za-z0-9_-]{1,64}")$/, 'must be 1 to 64 of A-Z a-z 0-9 _ -')
  .transform((text) => text.replaceAll('"', ''))
  .optional()
  .describe('A repeat under the same key within 10 minutes adds nothing');

export const addHeaders = z.object({ 'idempotency-key': idempotencyKey });

const cartLines = z.array(z.strictObject({ id: itemId, quantity: z.int().positive() }));

export const cart = z.strictObject({ cart: cartLines });
export const changedCart = z.strictObject({ message: z.literal('OK'), cart: cartLines });
