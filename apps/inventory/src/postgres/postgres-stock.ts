import type { Shortage } from '@badger-store/store-api';
import { sql, type Kysely } from 'kysely';
import type { Stock } from '../domain/stock';
import { OutOfStockError, ReservationError } from '../domain/stock-errors';
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
          throw toReleasedError(checkoutId);
        case 'differs':
          throw new ReservationError(
            'unprocessable',
            'RESERVATION_DIFFERS',
            `The reservation ${checkoutId} exists with other lines.`,
          );
        case 'short':
          throw new OutOfStockError(reserved.lines);
        default:
          throw new Error('reserve_stock returned nothing');
      }
    },

    async commit(checkoutId) {
      const status = await end(checkoutId, 'committed');
      if (status === 'released') throw toReleasedError(checkoutId);
      if (status !== 'committed') {
        const message = `There is no reservation ${checkoutId} to commit.`;
        throw new ReservationError('not-found', 'RESERVATION_NOT_FOUND', message);
      }
    },

    async release(checkoutId) {
      if ((await end(checkoutId, 'released')) === 'committed') {
        const message = `The reservation ${checkoutId} was committed.`;
        throw new ReservationError('conflict', 'RESERVATION_COMMITTED', message);
      }
    },
  };
}

const toReleasedError = (checkoutId: string) =>
  new ReservationError(
    'conflict',
    'RESERVATION_RELEASED',
    `The reservation ${checkoutId} was released and can't be used again.`,
  );
