import { z } from 'zod';
import { addHeaders } from './cart';
import { money, shortage } from './catalogue';
import { order, orderLine, totals } from './orders';
import { freeText } from './text';

/** The tokens of test payments, and what each one makes the payment do. */
export const testTokens = {
  approve: 'Approves the payment.',
  'approve-slow': 'Approves the payment after 2 seconds.',
  decline: 'Declines the payment with the reason `card_declined`.',
  'decline-insufficient-funds': 'Declines the payment with the reason `insufficient_funds`.',
  hang: 'Never responds. The outcome of the checkout is unknown; the payment is cancelled later.',
  'crash-after-charging':
    'Approves the payment, then kills the service. The outcome is unknown until the next checkout.',
  'timeout-after-charging': 'Approves the payment, but never responds. The outcome is unknown until the next checkout.',
} as const;

export type TestToken = keyof typeof testTokens;
const testToken = z.enum(Object.keys(testTokens) as TestToken[]).meta({ id: 'TestToken' });

/** The customer’s own, such as the number of a purchase order. */
const reference = freeText(64);

/** What Stripe’s form gives the page for a card: https://docs.stripe.com/api/payment_methods */
const stripeToken = z.string().regex(/^pm_[A-Za-z0-9_]{1,250}$/, 'must be the id of a Stripe PaymentMethod, pm_…');

const payments = {
  test: z.strictObject({ method: z.literal('test'), token: testToken }).meta({ id: 'TestPayment' }),
  invoice: z
    .strictObject({ method: z.literal('invoice'), token: reference.default('') })
    .meta({ id: 'InvoicePayment' }),
  stripe: z.strictObject({ method: z.literal('stripe'), token: stripeToken }).meta({ id: 'StripePayment' }),
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
    payment: z.discriminatedUnion('method', [first, ...others]).meta({ id: 'Payment' }),
    expectedTotal: money
      .optional()
      .describe('The total that the customer was shown. Any other total is 409 `PRICE_CHANGED`'),
  });
};

export const checkoutHeaders = z.object({
  'idempotency-key': addHeaders.shape['idempotency-key'].describe(
    'A repeat with the same key within 24 hours returns the same order, decline or shortage, and charges nothing',
  ),
});

export const checkedOut = z
  .strictObject({ message: z.string().describe('For people'), order })
  .meta({ id: 'CheckoutResult' });

export const quote = z
  .strictObject({
    lines: z.array(orderLine).describe('The lines of the cart that are in the catalogue, at their present prices'),
    shortages: z
      .array(shortage)
      .describe('The lines of the cart that cannot be bought; a checkout is 409 `OUT_OF_STOCK`'),
    totals: z
      .strictObject(totals)
      .meta({ id: 'OrderTotals' })
      .nullable()
      .describe('The totals of `lines`; `null` without lines. `total` can be sent as `expectedTotal`'),
  })
  .meta({ id: 'Quote' });

const described = {
  name: z.string().describe('For the customer'),
  description: z.string().describe('For the customer'),
};

const testTokenDescription = z
  .strictObject({ token: testToken, description: z.string() })
  .meta({ id: 'TestTokenDescription' });
const testPaymentMethod = z
  .strictObject({
    method: z.literal('test'),
    ...described,
    tokens: z.array(testTokenDescription).describe('The values that `token` can have'),
  })
  .meta({ id: 'TestPaymentMethod' });
const invoicePaymentMethod = z
  .strictObject({
    method: z.literal('invoice'),
    ...described,
    dueDays: z.int().positive().describe('How many days after the order the invoice is due'),
  })
  .meta({ id: 'InvoicePaymentMethod' });
const stripePaymentMethod = z
  .strictObject({ method: z.literal('stripe'), ...described })
  .meta({ id: 'StripePaymentMethod' });

export const paymentMethodList = z
  .strictObject({
    paymentMethods: z.array(
      z
        .discriminatedUnion('method', [testPaymentMethod, invoicePaymentMethod, stripePaymentMethod])
        .meta({ id: 'PaymentMethod' }),
    ),
  })
  .meta({ id: 'PaymentMethodList' });

export type PaymentMethodList = z.output<typeof paymentMethodList>;
