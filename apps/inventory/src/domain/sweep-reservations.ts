import type { Stock } from './stock';
import { ReservationNotFoundError, ReservationCommittedError, ReservationReleasedError } from './stock-errors';

export interface Reservations {
  /**
   * Ids of at most so many reservations that have been held for long and not been looked at for as long. They count as looked at from
   * then on, so that nobody else is given them.
   */
  takeUnsettled(limit: number): Promise<string[]>;
  /** Forgets at most so many that ended over 30 days ago; answers how many. */
  forgetOld(limit: number): Promise<number>;
}

export type OrderStatus = 'pending' | 'paid' | 'declined' | 'cancelled';

/** What became of the orders with these ids; one that there is not, and never will be, is missing. Rejects when it cannot be known. */
export type FindOutcomes = (ids: readonly string[]) => Promise<ReadonlyMap<string, OrderStatus>>;

export interface SweepParts {
  readonly stock: Pick<Stock, 'commit' | 'release'>;
  readonly reservations: Reservations;
  readonly findOutcomes: FindOutcomes;
  /** Told at most once a round. */
  readonly report: (error: unknown) => void;
}

const mostAsked = 100;
const mostForgotten = 1000;

/**
 * A round of what ends reservations that checkout left behind: each call asks checkout about some of them and does what became of
 * the order, and forgets some old ones. Resolves to whether more may be waiting; never rejects. Where checkout can't be asked, all
 * stays as it is.
 */
export function createSweep({ stock, reservations, findOutcomes, report }: SweepParts): () => Promise<boolean> {
  const settle = async (id: string, status: OrderStatus | undefined) => {
    if (status === 'pending') return;
    if (status === 'paid') await stock.commit(id);
    // An order is recorded before its goods are reserved: where there is none, there will be none.
    else await stock.release(id);
  };

  const settleSome = async () => {
    const ids = await reservations.takeUnsettled(mostAsked);
    if (ids.length === 0) return false;
    const outcomes = await findOutcomes(ids);
    const errors: unknown[] = [];
    for (const id of ids) {
      try {
        await settle(id, outcomes.get(id));
      } catch (error) {
        errors.push(error);
        if (!isContradiction(error)) break;
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, errors.map(String).join(' '));
    return ids.length === mostAsked;
  };

  return async () => {
    try {
      const areMoreUnsettled = await settleSome();
      const areMoreOld = (await reservations.forgetOld(mostForgotten)) === mostForgotten;
      return areMoreUnsettled || areMoreOld;
    } catch (error) {
      report(error);
      return false;
    }
  };
}

/** Checkout and stock disagree on this one reservation, and for ever. */
const isContradiction = (error: unknown) =>
  [ReservationNotFoundError, ReservationCommittedError, ReservationReleasedError].some((kind) => error instanceof kind);
