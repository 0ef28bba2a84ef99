import { ServiceError } from '@badger-store/service-kit';
import type { Shortage } from '@badger-store/store-api';

/** Names every line that exceeds the available stock. Nothing was reserved. */
export class OutOfStockError extends ServiceError {
  constructor(lines: readonly Shortage[]) {
    const ids = lines.map(({ id }) => id).join(', ');
    super('conflict', 'OUT_OF_STOCK', `Not enough in stock of ${ids}. See lines for what is available.`, {
      extensions: { lines },
    });
  }
}

/** The call contradicts what happened to the reservation before. Nothing was changed. */
export class ReservationError extends ServiceError {}
