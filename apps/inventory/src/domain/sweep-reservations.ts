import type { OrderStatus } from '@badger-store/store-api';
import type { Stock } from './stock';
import { ReservationError } from './stock-errors';

export interface Reservations {
  /**
   * Returns the ids of reservations that have been held for some time and were not checked for as long. Marks them as checked, so that no
   * other process takes them at the same time.
   */
  takeDue(limit: number): Promise<string[]>;
  /** Deletes reservations that ended over 30 days ago. Returns how many it deleted. */
  deleteOld(limit: number): Promise<number>;
}

/** The status of the orders with these ids. An order that does not exist, and never will, is missing. Rejects when checkout can't be asked. */
export type FindOutcomes = (ids: readonly string[]) => Promise<ReadonlyMap<string, OrderStatus>>;

export interface SweepParts {
  readonly stock: Pick<Stock, 'commit' | 'release'>;
  readonly reservations: Reservations;
  readonly findOutcomes: FindOutcomes;
  /** Called at most once a round. */
  readonly report: (error: unknown) => void;
}

const maxChecked = 100;
const maxDeleted = 1000;

/**
 * Creates a function that ends reservations which checkout left behind. Each call asks checkout for the status of some orders, commits or
 * releases their reservations, and deletes old reservations. It resolves to whether more may be due, and never rejects. While checkout can't
 * be asked, reservations stay held.
 */
export function createSweep({ stock, reservations, findOutcomes, report }: SweepParts): () => Promise<boolean> {
  const end = async (id: string, status: OrderStatus | undefined) => {
    if (status === 'pending') return;
    if (status === 'paid') await stock.commit(id);
    // Checkout records an order before it reserves stock, so a missing order will never exist.
    else await stock.release(id);
  };

  const endDue = async () => {
    const ids = await reservations.takeDue(maxChecked);
    if (ids.length === 0) return false;
    const outcomes = await findOutcomes(ids);
    const errors: unknown[] = [];
    for (const id of ids) {
      try {
        await end(id, outcomes.get(id));
      } catch (error) {
        errors.push(error);
        // Checkout and stock disagree on this reservation, so a retry can't help. Other reservations can still be ended.
        if (!(error instanceof ReservationError)) break;
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, errors.map(String).join(' '));
    return ids.length === maxChecked;
  };

  return async () => {
    try {
      const areMoreDue = await endDue();
      const areMoreOld = (await reservations.deleteOld(maxDeleted)) === maxDeleted;
      return areMoreDue || areMoreOld;
    } catch (error) {
      report(error);
      return false;
    }
  };
}
