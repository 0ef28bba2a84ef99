import type { PaymentMethod } from '@badger-store/store-api';
import type { Kysely } from 'kysely';
import type { Config } from '../config';
import type { PaymentProvider, GetProvider } from '../domain/payment-provider';
import type { CheckoutTables } from '../postgres/tables';
import { createInvoiceProvider } from './invoice-provider';
import { createStripeProvider } from './stripe-provider';
import { createTestProvider } from './test-provider';

type ProviderSettings = Pick<Config, 'INVOICE_DUE_DAYS' | 'STRIPE_SECRET_KEY_FILE' | 'STRIPE_API_URL'>;

/** Includes methods that the store no longer accepts: the sweeper may still need the provider of an older order. */
export function composeProviders(settings: ProviderSettings, db: Kysely<CheckoutTables>): GetProvider {
  const { INVOICE_DUE_DAYS, STRIPE_SECRET_KEY_FILE: secretKey, STRIPE_API_URL: apiUrl } = settings;
  const providers: Record<PaymentMethod, PaymentProvider | undefined> = {
    test: createTestProvider(db, () => process.kill(process.pid, 'SIGKILL')),
    invoice: createInvoiceProvider(db, INVOICE_DUE_DAYS),
    stripe: secretKey === undefined ? undefined : createStripeProvider({ secretKey, apiUrl }),
  };
  const byMethod = new Map<string, PaymentProvider | undefined>(Object.entries(providers));

  return (method) => {
    const provider = byMethod.get(method);
    if (!provider) throw new Error(`the payment method ${method} has no provider`);
    return provider;
  };
}
