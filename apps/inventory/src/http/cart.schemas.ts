import { z } from 'zod';
import { itemId } from './items.schemas';

/** How much is too much is for the cart to say (422); here it only has to be a whole number. */
const wholeNumber = z.number().refine(Number.isInteger, 'must be a whole number');

export const newLine = z.strictObject({ id: itemId, quantity: wholeNumber.min(1).default(1) });

export const newQuantity = z.strictObject({ quantity: wholeNumber.min(0) });
