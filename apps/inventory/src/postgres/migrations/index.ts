import type { SqlMigration } from '@badger-store/postgres-kit';
import items from './001-items.sql';
import reservations from './002-reservations.sql';
import search from './003-search.sql';
import oneCurrency from './004-one-currency.sql';

export const inventoryMigrations: readonly SqlMigration[] = [
  { name: '001-items', sql: items },
  { name: '002-reservations', sql: reservations },
  { name: '003-search', sql: search },
  { name: '004-one-currency', sql: oneCurrency },
];
