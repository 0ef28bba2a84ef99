import { z } from 'zod';
import { order } from './orders';

/** What the token of a test payment makes happen: charge at once, charge after two seconds, decline, or never answer. */
const testTokens = ['approve', 'approve-slow', 'decline', 'hang'] as const;

const payments = {
  test: z.strictObject({ method: z.literal('test'), token: z.enum(testTokens) }),
};

export type PaymentMethod = keyof typeof payments;
export const paymentMethods = Object.keys(payments) as PaymentMethod[];

/** The body of a checkout, with the payment methods that a store offers. */
export const checkoutBody = (methods: readonly PaymentMethod[]) => {
  const [first, ...others] = methods.map((method) => payments[method]);
  if (!first) throw new Error('a store offers a payment method');
  return z.strictObject({ payment: z.discriminatedUnion('method', [first, ...others]) });
};

export const checkedOut = z.strictObject({ message: z.literal('Thanks for shopping with us!'), order });
