import {
  checkServiceSecrets,
  createServiceSchema,
  firstPartyOriginsSetting,
  gatewayAdminSetting,
  insecureHint,
  jwksSetting,
  mustBeSecure,
  setting,
  upstreamSetting,
} from '@badger-store/service-kit';
import { paymentMethods } from '@badger-store/store-api';
import { z } from 'zod';

/** Whole numbers of the minor unit of the catalogue's currency. */
const amount = setting.number({ min: 0, max: 1_000_000_000 });
const secretFile = setting.fileText.transform((text) => text.trim()).pipe(z.string().min(1, 'the file is empty'));

export const configSchema = createServiceSchema('checkout')
  .safeExtend({
    JWKS_URL: jwksSetting,
    GATEWAY_ADMIN_URL: gatewayAdminSetting,
    INVENTORY_URL: upstreamSetting('inventory'),
    FIRST_PARTY_ORIGINS: firstPartyOriginsSetting,
    CHECKOUT_LEASE_SECONDS: setting.seconds(3600).default(30).meta({
      description:
        'How long a checkout lock holds without being extended, and after how long without progress the sweeper takes an order.',
    }),
    CHECKOUT_UNKNOWN_MAX_SECONDS: setting
      .seconds(7 * 24 * 3600)
      .default(900)
      .meta({
        description: 'How long a payment provider may work on a payment before the payment is cancelled.',
      }),
    PAYMENT_METHODS: setting.list.pipe(z.array(z.enum(paymentMethods)).min(1)).meta({
      description: `Which payment methods the store offers, comma-separated, of ${paymentMethods.map((name) => `\`${name}\``).join(', ')}.`,
      development: 'test,invoice',
    }),
    PAYMENT_DEADLINE_SECONDS: setting.seconds(60).default(10).meta({
      description:
        'How long a payment provider may take to respond; at most 60, and below the 15 s that the gateway waits.',
    }),
    SHIPPING_AMOUNT: amount
      .default(0)
      .meta({ description: "What shipping an order costs, in the minor unit of the catalogue's currency." }),
    FREE_SHIPPING_FROM_AMOUNT: amount
      .optional()
      .meta({ description: 'The subtotal from which shipping is free, in the minor unit.', example: '5000' }),
    TAX_BASIS_POINTS: setting
      .number({ min: 0, max: 10_000 })
      .default(0)
      .meta({ description: 'The tax on lines and shipping, in hundredths of a per cent: 1900 is 19 %.' }),
    INVOICE_DUE_DAYS: setting
      .number({ min: 1, max: 365 })
      .default(14)
      .meta({ description: 'How many days after it was issued an invoice is due.' }),
    STRIPE_SECRET_KEY_FILE: secretFile.optional().meta({
      description: "A file with the secret key of Stripe's API; required for the payment method `stripe`.",
      example: '/run/secrets/stripe-secret-key',
    }),
    STRIPE_WEBHOOK_SECRET_FILE: secretFile.optional().meta({
      description:
        'A file with the secret with which Stripe signs events, `whsec_…`; required for the payment method `stripe`.',
      example: '/run/secrets/stripe-webhook-secret',
    }),
    STRIPE_API_URL: setting.httpOrigin.optional().meta({
      description: "Where Stripe's API is.",
      example: 'https://api.stripe.com',
      absent: '`https://api.stripe.com`',
    }),
    ORDER_EVENTS_KEPT: setting
      .number({ min: 1, max: 1_000_000_000 })
      .default(100_000)
      .meta({ description: 'About how many entries the stream of order events keeps.' }),
  })
  .superRefine(checkServiceSecrets('checkout:inventory', 'checkout:gateway'))
  .superRefine((config, context) => {
    if (!mustBeSecure(config) || !config.PAYMENT_METHODS.includes('test')) return;
    const message = `the payment method test moves no money; use other payment methods (${insecureHint})`;
    context.addIssue({ code: 'custom', path: ['PAYMENT_METHODS'], message });
  })
  .superRefine((config, context) => {
    if (!config.PAYMENT_METHODS.includes('stripe')) return;
    for (const name of ['STRIPE_SECRET_KEY_FILE', 'STRIPE_WEBHOOK_SECRET_FILE'] as const) {
      if (config[name] === undefined) {
        context.addIssue({ code: 'custom', path: [name], message: 'is required for the payment method stripe' });
      }
    }
  });

export type Config = z.infer<typeof configSchema>;
