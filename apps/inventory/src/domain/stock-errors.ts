export interface Shortage {
  readonly id: string;
  readonly requested: number;
  readonly available: number;
}

/** Names every line that exceeds the available stock. Nothing was reserved. */
export class OutOfStockError extends Error {
  override readonly name = 'OutOfStockError';
  readonly category = 'conflict';
  readonly code = 'OUT_OF_STOCK';
  readonly extensions: { readonly lines: readonly Shortage[] };

  constructor(lines: readonly Shortage[]) {
    super(`Not enough in stock of ${lines.map(({ id }) => id).join(', ')}. See lines for what is available.`);
    this.extensions = { lines };
  }
}

/** The reservation was released, perhaps before it was made; its id can't be reserved again. */
export class ReservationReleasedError extends Error {
  override readonly name = 'ReservationReleasedError';
  readonly category = 'conflict';
  readonly code = 'RESERVATION_RELEASED';

  constructor(checkoutId: string) {
    super(`The reservation ${checkoutId} was released and can't be used again.`);
  }
}

/** The reservation was committed and can't be released. */
export class ReservationCommittedError extends Error {
  override readonly name = 'ReservationCommittedError';
  readonly category = 'conflict';
  readonly code = 'RESERVATION_COMMITTED';

  constructor(checkoutId: string) {
    super(`The reservation ${checkoutId} was committed.`);
  }
}

/** The id was used before with other lines. Nothing was changed. */
export class ReservationDiffersError extends Error {
  override readonly name = 'ReservationDiffersError';
  readonly category = 'unprocessable';
  readonly code = 'RESERVATION_DIFFERS';

  constructor(checkoutId: string) {
    super(`The reservation ${checkoutId} exists with other lines.`);
  }
}

export class ReservationNotFoundError extends Error {
  override readonly name = 'ReservationNotFoundError';
  readonly category = 'not-found';
  readonly code = 'RESERVATION_NOT_FOUND';

  constructor(checkoutId: string) {
    super(`There is no reservation ${checkoutId} to commit.`);
  }
}
