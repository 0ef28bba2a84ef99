export interface StockLine {
  readonly id: string;
  readonly quantity: number;
}

/**
 * Reservations of stock for checkouts. Every call can be repeated and has one effect. A reservation ends by `commit` or `release` of its id
 * and in no other way. When a call rejects with anything but an error of stock-errors, its outcome is unknown.
 */
export interface Stock {
  /**
   * Reserves all lines, which are of different items, or none. Returns the status of the reservation. Throws `OutOfStockError`,
   * `RESERVATION_RELEASED`, or `RESERVATION_DIFFERS` when the id was used with other lines.
   */
  reserve(checkoutId: string, lines: readonly StockLine[]): Promise<'held' | 'committed'>;
  /** Takes the reserved pieces out of stock. Throws `RESERVATION_NOT_FOUND` or `RESERVATION_RELEASED`. */
  commit(checkoutId: string): Promise<void>;
  /**
   * Makes the reserved pieces available again. An unknown id can't be reserved afterwards. Throws `RESERVATION_COMMITTED`.
   */
  release(checkoutId: string): Promise<void>;
}
