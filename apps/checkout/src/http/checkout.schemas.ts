import { z } from 'zod';
import { testTokens } from '../domain/payment-provider';

const payments = {
  test: z.strictObject({ method: z.literal('test'), token: z.enum(testTokens) }),
};

export type PaymentMethod = keyof typeof payments;

/** The body of a checkout, with the payment methods that this store offers. */
export const checkoutBody = (methods: readonly PaymentMethod[]) => {
  const [first, ...others] = methods.map((method) => payments[method]);
  if (!first) throw new Error('a store offers a payment method');
  return z.strictObject({ payment: z.discriminatedUnion('method', [first, ...others]) });
};
