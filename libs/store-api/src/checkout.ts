import { z } from 'zod';
import { addHeaders } from './cart';
import { money } from './catalogue';
import { order } from './orders';
import { freeText } from './text';

/**
 * What the token of a test payment makes happen: charge at once, or after two seconds; decline, for want of funds or without saying why;
 * never answer; or charge, and crash or never answer then.
 */
const testTokens = [
  'approve',
  'approve-slow',
  'decline',
  'decline-insufficient-funds',
  'hang',
  'crash-after-charging',
  'timeout-after-charging',
] as const;

/** The customer’s own, such as the number of a purchase order. */
const reference = freeText(64);

/** What Stripe’s form gives the page for a card: https://docs.stripe.com/api/payment_methods */
const stripePaymentMethod = z
  .string()
  .regex(/^pm_[A-Za-z0-9_]{1,250}$/, 'must be the id of a Stripe PaymentMethod, pm_…');

const payments = {
  test: z.strictObject({ method: z.literal('test'), token: z.enum(testTokens) }),
  invoice: z.strictObject({ method: z.literal('invoice'), token: reference.default('') }),
  stripe: z.strictObject({ method: z.literal('stripe'), token: stripePaymentMethod }),
};

export type PaymentMethod = keyof typeof payments;
export const paymentMethods = Object.keys(payments) as PaymentMethod[];

/**
 * The body of a checkout, with the payment methods that a store offers. `expectedTotal` is what the customer was shown: another total
 * than that is not charged.
 */
export const checkoutBody = (methods: readonly PaymentMethod[]) => {
  const [first, ...others] = methods.map((method) => payments[method]);
  if (!first) throw new Error('a store offers a payment method');
  return z.strictObject({
    payment: z.discriminatedUnion('method', [first, ...others]),
    expectedTotal: money.optional().describe('What the customer was shown; another total is a 409'),
  });
};

export const checkoutHeaders = z.object({
  'idempotency-key': addHeaders.shape['idempotency-key'].describe(
    'The same request under the same key, within 24 hours, has the same order, decline or shortage for an answer',
  ),
});

export const checkedOut = z.strictObject({ message: z.literal('Thanks for shopping with us!'), order });
