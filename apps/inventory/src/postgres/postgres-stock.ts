import { sql, type Kysely } from 'kysely';
import type { Stock } from '../domain/stock';
import {
  ReservationNotFoundError,
  OutOfStockError,
  ReservationCommittedError,
  ReservationDiffersError,
  ReservationReleasedError,
  type Shortage,
} from '../domain/stock-errors';
import type { InventoryTables } from './tables';

type Reserved =
  { readonly status: 'held' | 'committed' | 'released' | 'differs' } | { readonly status: 'short'; lines: Shortage[] };

type EndStatus = 'committed' | 'released';

/** Calls the functions of `001-initial.sql` and throws the domain's errors. Each call is one round trip. */
export function createPostgresStock(db: Kysely<InventoryTables>): Stock {
  const end = async (checkoutId: string, status: EndStatus) => {
    const { rows } = await sql<{ status: EndStatus | null }>`
      select end_reservation(${checkoutId}, ${status}) as status`.execute(db);
    return rows[0]?.status;
  };

  return {
    async reserve(checkoutId, lines) {
      const ids = lines.map(({ id }) => id);
      const quantities = lines.map(({ quantity }) => quantity);
      const { rows } = await sql<{ reserved: Reserved }>`
        select reserve_stock(${checkoutId}, ${ids}, ${quantities}) as reserved`.execute(db);
      const [{ reserved } = { reserved: undefined }] = rows;
      switch (reserved?.status) {
        case 'held':
        case 'committed':
          return reserved.status;
        case 'released':
          throw new ReservationReleasedError(checkoutId);
        case 'differs':
          throw new ReservationDiffersError(checkoutId);
        case 'short':
          throw new OutOfStockError(reserved.lines);
        default:
          throw new Error('reserve_stock returned nothing');
      }
    },

    async commit(checkoutId) {
      const status = await end(checkoutId, 'committed');
      if (status === 'released') throw new ReservationReleasedError(checkoutId);
      if (status !== 'committed') throw new ReservationNotFoundError(checkoutId);
    },

    async release(checkoutId) {
      if ((await end(checkoutId, 'released')) === 'committed') throw new ReservationCommittedError(checkoutId);
    },
  };
}
