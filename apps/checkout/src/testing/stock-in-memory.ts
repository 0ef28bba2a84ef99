import type { CartLine } from '@badger-store/cart-cache';
import { OutOfStockError } from '../domain/checkout-errors';
import type { Stock } from '../domain/ports';

interface Reservation {
  readonly items: readonly CartLine[];
  readonly status: 'held' | 'committed' | 'released';
}

export interface StockInMemory extends Stock {
  /** How many pieces are held and sold for a checkout. */
  of(checkoutId: string): { held: number; sold: number };
}

/** Keeps the rules of inventory, for tests that are about something else. */
export function createStockInMemory(pieces: Readonly<Record<string, number>>): StockInMemory {
  const reservations = new Map<string, Reservation>();

  const getFree = (id: string) => {
    const taken = [...reservations.values()]
      .filter(({ status }) => status !== 'released')
      .flatMap(({ items }) => items)
      .filter((item) => item.id === id)
      .reduce((sum, { quantity }) => sum + quantity, 0);
    return (pieces[id] ?? 0) - taken;
  };
  const end = async (checkoutId: string, status: 'committed' | 'released') => {
    const reservation = reservations.get(checkoutId);
    if (reservation?.status === status) return;
    if (reservation && reservation.status !== 'held') throw new Error(`is ${reservation.status}`);
    if (!reservation && status === 'committed') throw new Error('there is no such reservation');
    reservations.set(checkoutId, { items: reservation?.items ?? [], status });
  };

  return {
    async reserve(checkoutId, items) {
      const reservation = reservations.get(checkoutId);
      if (reservation?.status === 'released') throw new Error('is released');
      if (reservation) return;
      const lines = items
        .map(({ id, quantity }) => ({ id, requested: quantity, available: getFree(id) }))
        .filter(({ requested, available }) => available < requested);
      if (lines.length > 0) throw new OutOfStockError(lines);
      reservations.set(checkoutId, { items, status: 'held' });
    },
    commit: (checkoutId) => end(checkoutId, 'committed'),
    release: (checkoutId) => end(checkoutId, 'released'),
    of(checkoutId) {
      const { items, status } = reservations.get(checkoutId) ?? { items: [], status: 'released' };
      const total = items.reduce((sum, { quantity }) => sum + quantity, 0);
      return { held: status === 'held' ? total : 0, sold: status === 'committed' ? total : 0 };
    },
  };
}
