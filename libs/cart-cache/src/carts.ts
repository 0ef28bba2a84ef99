/** One line of a cart. */
export interface CartLine<LineData = unknown> {
  /** Names the line: 1 to 256 characters. The same product with other options is another line. */
  readonly id: string;
  /** A whole number, 1 or more. */
  readonly quantity: number;
  /** What the caller keeps with the line, such as options or the price shown: any JSON but `null`. Left out where there is none. */
  readonly data?: LineData;
}

/** A cart as it was at one moment. */
export interface Cart<LineData = unknown, CartData = unknown> {
  /** In the order in which they were added. */
  readonly lines: CartLine<LineData>[];
  /** What the caller keeps with the cart, such as a currency or a note: any JSON but `null`. Left out where there is none. */
  readonly data?: CartData;
  /**
   * Changes with every change, and does not come back when the cart is deleted and filled again: an `ETag`. A cart that has neither lines
   * nor data has the version `0`.
   */
  readonly version: string;
}

/** What a checkout is about, as the caller keeps it in its own durable store. */
export interface CheckoutRecord<LineData = unknown> {
  readonly checkoutId: string;
  /** The snapshot. */
  readonly lines: readonly CartLine<LineData>[];
  /**
   * What the snapshot was read from: the life of a cart between two completed checkouts, which also ends when the cart is emptied. A record
   * of an earlier cart version removes nothing from the cart any more. `Cart.version` begins with it.
   */
  readonly cartVersion: string;
}

export interface CheckoutContext {
  /** Random, one per attempt; a later attempt at the same checkout has another one. */
  readonly attemptId: string;
  readonly cartVersion: string;
  /** The outcome of an earlier attempt at this checkout is unknown: it may have charged. */
  readonly resumed: boolean;
  /** Aborted when the lock is lost; the cart ignores what the attempt does afterwards. */
  readonly signal: AbortSignal;
}

/**
 * What came of an order. `completed`: the customer has it. `rejected`: nothing was charged and nothing will be. `unknown`: it may have
 * been charged.
 */
export type OrderOutcome<Result, Reason = unknown> =
  | { readonly outcome: 'completed'; readonly result: Result }
  | { readonly outcome: 'rejected'; readonly reason: Reason }
  | { readonly outcome: 'unknown'; readonly error: unknown };

/** Turns the snapshot of a cart into an order. A throw counts as `unknown`. */
export type ProcessOrder<Result, Reason = unknown, LineData = unknown> = (
  lines: readonly CartLine<LineData>[],
  checkoutId: string,
  context: CheckoutContext,
) => Promise<OrderOutcome<Result, Reason>>;

/** With `cartError` the order is completed, but its snapshot is still in the cart: `completeCheckout` or the next checkout removes it. */
export type CheckoutOutcome<Result, Reason = unknown> = OrderOutcome<Result, Reason> & { readonly cartError?: unknown };

/** The exclusive right to check a cart out, and the snapshot that was taken with it. */
export interface CheckoutLock<LineData = unknown> extends CheckoutRecord<LineData>, CheckoutContext {
  /** Drops the lock; the cart is as it was. Where Redis is unavailable the lock ends with its lease. */
  release(): Promise<void>;
  /** Takes the snapshot off the cart, and drops the lock. Rejects where the lock was lost. */
  complete(): Promise<void>;
}

/** Makes a change only when the cart has this version; otherwise nothing changes, and the call throws `CartVersionConflictError`. */
export interface ChangeOptions {
  readonly ifVersion?: string | undefined;
}

export interface AddOptions<LineData = unknown> extends ChangeOptions {
  /** 1 to 64 of `A-Z a-z 0-9 _ -`. The same add under the same key, within 10 minutes, adds nothing more. */
  readonly idempotencyKey?: string | undefined;
  /** Becomes the data of the line; `null` removes it, and without it the line keeps its data. */
  readonly data?: LineData | null | undefined;
}

/** What to change of a line. */
export interface LineChange<LineData = unknown> {
  /** 0 removes the line. Left out, it stays. */
  readonly quantity?: number | undefined;
  /** `null` removes the data. Left out, it stays. */
  readonly data?: LineData | null | undefined;
}

/** What to change of a cart. */
export interface CartChange<LineData = unknown, CartData = unknown> {
  /** Replace all lines. Left out, they stay. */
  readonly lines?: readonly CartLine<LineData>[] | undefined;
  /** `null` removes the data. Left out, it stays. */
  readonly data?: CartData | null | undefined;
}

/** `sum` adds the quantities, `max` keeps the larger one, `replace` replaces the one cart by the other. */
export type MergeRule = 'sum' | 'max' | 'replace';

/** A line of which a limit let less into a cart than the two carts had together. */
export interface ClampedLine {
  readonly id: string;
  readonly requested: number;
  /** What the cart has of it now; 0 where there was no room for another line. */
  readonly quantity: number;
}

export interface TransferResult<LineData = unknown, CartData = unknown> {
  /** The cart that the lines went into. */
  readonly cart: Cart<LineData, CartData>;
  readonly clamped: ClampedLine[];
}

export interface MergeOptions {
  /** Default `sum`. */
  readonly rule?: MergeRule | undefined;
  /**
   * Records what was clamped, durably: it is awaited before the source forgets the lines. When the process dies before that, or when
   * this rejects (and so the merge), the next call passes the same lines under the same `mergeId`.
   */
  readonly onClamped?: (merge: {
    readonly mergeId: string;
    readonly toCart: string;
    readonly lines: readonly ClampedLine[];
  }) => Promise<void>;
}

export interface CheckoutOptions {
  /**
   * The caller's durable record wins over what Redis remembers. A record: that checkout is resumed, with its id and lines,
   * also if Redis lost the lock. `null`: the caller knows of no open checkout, so a lock whose lease has ended is dropped.
   * Left out: the caller keeps no record, and what Redis remembers is resumed.
   */
  readonly openCheckout?: CheckoutRecord | null | undefined;
  /** Runs each step of the lock, for metrics and tests. */
  readonly trace?: <Result>(step: CheckoutLockStep, work: () => Promise<Result>) => Promise<Result>;
}

export type CheckoutLockStep = 'acquire_lock' | 'release_lock' | 'complete_checkout';

/**
 * Carts that services share. Every call is atomic and settles before the deadline of its Redis client, if need be with a
 * `RedisUnavailableError`. All of them throw `InvalidCartInputError`, before Redis is asked, for an id that is not 1 to 256 code points
 * of well-formed Unicode, a quantity that is not a whole number, or data that is not JSON.
 */
export interface Carts<LineData = unknown, CartData = unknown> {
  /**
   * Resolves when Redis is connected; rejects with `RedisUnavailableError` when that takes longer, by default than 30 s.
   *
   * @example
   * await carts.ready(10_000);
   */
  ready(timeoutMs?: number): Promise<void>;
  /**
   * Resolves when every primary replies, else rejects with `RedisUnavailableError`.
   *
   * @example
   * await carts.ping();
   */
  ping(): Promise<void>;
  /**
   * Closes the connection, unless it is the caller's. Calls in flight end first.
   *
   * @example
   * process.once('SIGTERM', () => void carts.close());
   */
  close(): Promise<void>;
  /**
   * Resolves to the lines in the order in which they were added; `[]` when there are none. Reading keeps the cart alive.
   *
   * @example
   * await carts.get('user-7'); // [{ id: 'mug', quantity: 2 }]
   */
  get(cartId: string): Promise<CartLine<LineData>[]>;
  /**
   * Resolves to the lines, the data and the version. Reading keeps the cart alive.
   *
   * @example
   * const { lines, data, version } = await carts.getCart('user-7');
   * res.set('ETag', `"${version}"`).json({ lines, data });
   */
  getCart(cartId: string): Promise<Cart<LineData, CartData>>;
  /**
   * Replaces the lines; the last writer wins. Throws `CartLimitError` and changes nothing over a limit.
   *
   * @example
   * await carts.set('user-7', [{ id: 'mug', quantity: 2 }]);
   */
  set(cartId: string, lines: readonly CartLine<LineData>[], options?: ChangeOptions): Promise<void>;
  /**
   * Adds to a line, or appends one. Of concurrent adds none is lost. Throws `CartLimitError` and changes nothing over a limit;
   * `IdempotencyKeyReusedError` when the idempotency key was used for another add.
   *
   * @example
   * await carts.add('user-7', 'mug', 1, { idempotencyKey: req.get('idempotency-key') });
   */
  add(
    cartId: string,
    lineId: string,
    quantity?: number,
    options?: AddOptions<LineData>,
  ): Promise<Cart<LineData, CartData>>;
  /**
   * The same, but resolves to the new quantity of the line alone: its cost does not grow with the cart.
   *
   * @example
   * await carts.addQuantity('user-7', 'mug', 2); // 4
   */
  addQuantity(cartId: string, lineId: string, quantity?: number, options?: AddOptions<LineData>): Promise<number>;
  /**
   * Changes a line that is there. Throws `ItemNotInCartError`, `CartLimitError`.
   *
   * @example
   * await carts.setLine('user-7', 'mug', { quantity: 3 });
   */
  setLine(
    cartId: string,
    lineId: string,
    change: LineChange<LineData>,
    options?: ChangeOptions,
  ): Promise<Cart<LineData, CartData>>;
  /**
   * Throws `ItemNotInCartError`.
   *
   * @example
   * await carts.remove('user-7', 'mug');
   */
  remove(cartId: string, lineId: string, options?: ChangeOptions): Promise<Cart<LineData, CartData>>;
  /**
   * Removes all lines; the data of the cart stays.
   *
   * @example
   * await carts.clear('user-7');
   */
  clear(cartId: string, options?: ChangeOptions): Promise<void>;
  /**
   * Replaces the data of the cart, its lines, or both. Throws `CartLimitError` and changes nothing over a limit.
   *
   * @example
   * await carts.update('user-7', { data: { coupon: 'SETT10' } }, { ifVersion: version });
   */
  update(
    cartId: string,
    change: CartChange<LineData, CartData>,
    options?: ChangeOptions,
  ): Promise<Cart<LineData, CartData>>;
  /**
   * Moves one line into another cart, such as a wishlist, atomically in each cart, also across the slots of a Cluster. What an open
   * checkout locks of the line stays, and so does what the other cart has no room for (`clamped`). A repeat of a move that succeeded moves
   * nothing; after a failure the same call finishes what the failed one began. A line that is not there is no error.
   *
   * @example
   * await carts.move('user-7', 'mug', 'user-7:wishlist');
   */
  move(fromCart: string, lineId: string, toCart: string): Promise<TransferResult<LineData, CartData>>;
  /**
   * Moves one cart into another, atomically in each, also across the slots of a Cluster. What an open checkout locks stays in the
   * source. Quantities are clamped at the limits. A repeat of a merge that succeeded adds nothing; after a failure the same call finishes
   * what the failed one began. Data that the target has stays. Idempotency keys of the source count for the target too, where the
   * target does not know them.
   *
   * @example
   * const { clamped } = await carts.merge('guest-3', 'user-7', { rule: 'sum' });
   */
  merge(fromCart: string, toCart: string, options?: MergeOptions): Promise<TransferResult<LineData, CartData>>;
  /**
   * Deletes all that Redis keeps of a cart. Throws `CheckoutInProgressError`, and deletes nothing, while a checkout of it is open.
   *
   * @example
   * await carts.delete('user-7');
   */
  delete(cartId: string): Promise<void>;
  /**
   * The ids of all carts, in no order. A cart that exists during the whole scan is found, perhaps twice; each step asks one primary for
   * one page of its keys. Users of Redis with an ACL need `+scan`.
   *
   * @example
   * for await (const cartId of carts.scan()) console.log(cartId);
   */
  scan(): AsyncGenerator<string, void>;
  /**
   * Locks the cart and has `processOrder` turn a snapshot of it into an order. `completed`: exactly the snapshot is removed from the
   * cart, so that what was added meanwhile stays, and what was removed meanwhile never goes below zero. `rejected`: the cart is
   * as it was, and the next attempt has a new id. `unknown`: the lock stays, and the next attempt has the same id and lines.
   *
   * Rejects only before `processOrder` is called: with `EmptyCartError`, or `CheckoutInProgressError` while another attempt holds the lock.
   *
   * @example
   * const order = await carts.checkout('user-7', async (lines, checkoutId) =>
   *   (await pay(checkoutId, lines)) ? { outcome: 'completed', result: checkoutId } : { outcome: 'rejected', reason: 'declined' },
   * );
   */
  checkout<Result, Reason = unknown>(
    cartId: string,
    processOrder: ProcessOrder<Result, Reason, LineData>,
    options?: CheckoutOptions,
  ): Promise<CheckoutOutcome<Result, Reason>>;
  /**
   * Locks the cart while `work` runs, and settles as `work` does. A lock that `work` neither releases nor completes stays, and the next
   * attempt may resume it at once. Rejects as `checkout` does where the lock cannot be acquired.
   *
   * @example
   * await carts.withCheckoutLock('user-7', async (lock) => {
   *   const paid = await pay(lock.checkoutId, lock.lines);
   *   await (paid ? lock.complete() : lock.release());
   * });
   */
  withCheckoutLock<Result>(
    cartId: string,
    work: (lock: CheckoutLock<LineData>) => Promise<Result>,
    options?: CheckoutOptions,
  ): Promise<Result>;
  /**
   * Removes from the cart what a completed checkout bought, by the caller's durable record, once for a `checkoutId`; for an outcome with a
   * `cartError` and for a cart that came back from before the checkout (a failover). Resolves to the cart version that the cart has then,
   * '' where there is no cart: the snapshot of a checkout whose record has this version was not removed yet.
   *
   * @example
   * await carts.completeCheckout('user-7', { checkoutId, lines, cartVersion }); // from the order in your database
   */
  completeCheckout(cartId: string, completed: CheckoutRecord): Promise<string>;
}
