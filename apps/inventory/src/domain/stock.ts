export interface StockLine {
  readonly id: string;
  readonly quantity: number;
}

/**
 * Goods that are held for checkouts. Each change may be repeated and has one effect; a reservation ends by `commit` or `release` of its
 * id and in no other way. When a call rejects with anything but an error of stock-errors, the change may have happened.
 */
export interface Stock {
  /**
   * Holds all of the lines, of different items, or none; answers what has become of them. Throws `OutOfStockError`,
   * `ReservationReleasedError`, or `ReservationDiffersError` when the id has other lines.
   */
  reserve(checkoutId: string, lines: readonly StockLine[]): Promise<'held' | 'committed'>;
  /** The goods that are held leave the house. Throws `ReservationNotFoundError` or `ReservationReleasedError`. */
  commit(checkoutId: string): Promise<void>;
  /**
   * Gives back what is held. An id that is not known yet can't be reserved afterwards. Throws `ReservationCommittedError`.
   */
  release(checkoutId: string): Promise<void>;
}
