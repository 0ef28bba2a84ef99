export interface Shortage {
  readonly id: string;
  readonly requested: number;
  readonly available: number;
}

/** Names every line of which there are too few; nothing was held. */
export class OutOfStockError extends Error {
  override readonly name = 'OutOfStockError';
  readonly category = 'conflict';
  readonly code = 'OUT_OF_STOCK';
  readonly extensions: { readonly lines: readonly Shortage[] };

  constructor(lines: readonly Shortage[]) {
    super(`Not available as wanted: ${lines.map(({ id }) => id).join(', ')}.`);
    this.extensions = { lines };
  }
}

/** The goods were given back, or were never to be held; for this id that is the end. */
export class ReservationReleasedError extends Error {
  override readonly name = 'ReservationReleasedError';
  readonly category = 'conflict';
  readonly code = 'RESERVATION_RELEASED';

  constructor(checkoutId: string) {
    super(`The reservation ${checkoutId} was released.`);
  }
}

/** The goods have left the house; for this id that is the end. */
export class ReservationCommittedError extends Error {
  override readonly name = 'ReservationCommittedError';
  readonly category = 'conflict';
  readonly code = 'RESERVATION_COMMITTED';

  constructor(checkoutId: string) {
    super(`The reservation ${checkoutId} was committed.`);
  }
}

/** The id was used before, for other lines; nothing was changed. */
export class ReservationDiffersError extends Error {
  override readonly name = 'ReservationDiffersError';
  readonly category = 'unprocessable';
  readonly code = 'RESERVATION_DIFFERS';

  constructor(checkoutId: string) {
    super(`The reservation ${checkoutId} has other lines.`);
  }
}

export class NoSuchReservationError extends Error {
  override readonly name = 'NoSuchReservationError';
  readonly category = 'not-found';
  readonly code = 'NO_SUCH_RESERVATION';

  constructor(checkoutId: string) {
    super(`There is no reservation ${checkoutId}.`);
  }
}
