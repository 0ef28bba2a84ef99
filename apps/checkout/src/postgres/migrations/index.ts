import type { SqlMigration } from '@badger-store/postgres-kit';
import orders from './001-orders.sql';
import testPayments from './002-test-payments.sql';
import cartOwner from './003-cart-owner.sql';
import closedCarts from './004-closed-carts.sql';
import exactlyOnce from './005-exactly-once.sql';
import payments from './006-payments.sql';

export const checkoutMigrations: readonly SqlMigration[] = [
  { name: '001-orders', sql: orders },
  { name: '002-test-payments', sql: testPayments },
  { name: '003-cart-owner', sql: cartOwner },
  { name: '004-closed-carts', sql: closedCarts },
  { name: '005-exactly-once', sql: exactlyOnce },
  { name: '006-payments', sql: payments },
];
