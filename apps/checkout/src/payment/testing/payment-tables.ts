import { connectPostgres, migrate } from '@badger-store/postgres-kit';
import { openTestDatabase, toOwnerUrl } from '@badger-store/postgres-kit/testing';
import type { Kysely } from 'kysely';
import { checkoutMigrations } from '../../postgres/migrations';
import { checkoutSchema, type CheckoutTables } from '../../postgres/tables';

export interface PaymentTables {
  readonly db: Kysely<CheckoutTables>;
  stop(): Promise<void>;
}

/** The tables of checkout, in a database of their own. */
export async function startPaymentTables(): Promise<PaymentTables> {
  const database = await openTestDatabase(['checkout']);
  const { checkout: url = '' } = database.urls;
  await migrate({ url: toOwnerUrl(url), schema: checkoutSchema }, checkoutMigrations);
  const settings = { url, schema: checkoutSchema, applicationName: 'spec', connectTimeoutMs: 10_000 };
  const postgres = connectPostgres<CheckoutTables>(settings, () => undefined);
  return {
    db: postgres.db,
    async stop() {
      await postgres.close();
      await database.drop();
    },
  };
}
