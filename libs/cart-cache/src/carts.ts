/** One line of a cart. */
export interface CartLine {
  readonly id: string;
  /** A whole number of pieces, 1 or more. */
  readonly quantity: number;
}

/** What a checkout is about, as the caller keeps it in its own durable store. */
export interface CheckoutRecord {
  readonly checkoutId: string;
  readonly lines: readonly CartLine[];
  /**
   * What the lines were read from: a cart that was emptied and filled again, or that a checkout was taken off, has another
   * one. A record with an old one takes nothing off any more.
   */
  readonly cartVersion: string;
}

export interface CheckoutContext {
  /** Random, one per attempt; whoever attempts the same checkout later has another one. */
  readonly attemptId: string;
  readonly cartVersion: string;
  /** The outcome of an earlier attempt at this checkout is unknown: it may have charged. */
  readonly resumed: boolean;
  /** Aborted when the lock is lost; nothing that is begun afterwards counts. */
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
export type ProcessOrder<Result, Reason = unknown> = (
  lines: readonly CartLine[],
  checkoutId: string,
  context: CheckoutContext,
) => Promise<OrderOutcome<Result, Reason>>;

/** With `cartError` the order is completed, but its snapshot could not be taken off the cart yet: `settle` or the next checkout does that. */
export type CheckoutOutcome<Result, Reason = unknown> = OrderOutcome<Result, Reason> & { readonly cartError?: unknown };

/** The exclusive right to check a cart out, and the snapshot that was taken with it. */
export interface CheckoutLock extends CheckoutRecord, CheckoutContext {
  /** Drops the lock; the cart is as it was. Where Redis is unavailable the lock ends with its lease. */
  release(): Promise<void>;
  /** Takes the snapshot off the cart, and drops the lock. Rejects where the lock was lost. */
  complete(): Promise<void>;
}

export interface AddOptions {
  /** 1 to 64 of `A-Z a-z 0-9 _ -`. The same add under the same id, within 10 minutes, adds nothing more. */
  readonly idempotencyKey?: string;
}

/** What to change of a line. */
export interface LineChange {
  /** 0 removes the line. */
  readonly quantity: number;
}

/** `sum` adds the quantities, `max` keeps the larger one, `replace` puts the one cart in the place of the other. */
export type MergeRule = 'sum' | 'max' | 'replace';

/** A line of which a limit let less into the cart than the two carts had together. */
export interface ClampedLine {
  readonly id: string;
  readonly requested: number;
  /** What the cart has of it now; 0 where there was no room for another line. */
  readonly quantity: number;
}

export interface MergeResult {
  /** The cart that was merged into. */
  readonly cart: CartLine[];
  readonly clamped: ClampedLine[];
}

export interface MergeOptions {
  /** Default `sum`. */
  readonly rule?: MergeRule;
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
  readonly openCheckout?: CheckoutRecord | null;
  /** Runs each step of the lock, for metrics and tests. */
  readonly trace?: <Result>(step: CheckoutLockStep, work: () => Promise<Result>) => Promise<Result>;
}

export type CheckoutLockStep = 'acquire_lock' | 'release_lock' | 'complete_checkout';

/**
 * Carts that services share. Every call is atomic and settles within the deadline of its Redis client, if need be with a
 * `RedisUnavailableError`. All of them throw `InvalidCartInputError`, before Redis is asked, for a token that is not 1 to 128
 * of `A-Z a-z 0-9 _ -`, an id that does not match `[A-Za-z0-9][A-Za-z0-9._~-]{0,63}`, or a quantity that is not a whole number.
 */
export interface Carts {
  /** Resolves when Redis is connected; rejects with `RedisUnavailableError` when that takes longer, by default than 30 s. */
  ready(timeoutMs?: number): Promise<void>;
  /** Resolves when every primary replies, else rejects with `RedisUnavailableError`. */
  ping(): Promise<void>;
  /** Closes the connection, unless it is the caller's. Calls in flight settle first. */
  close(): Promise<void>;
  /** The lines in the order in which they were added; `[]` when there are none. Reading keeps the cart alive. */
  get(cartId: string): Promise<CartLine[]>;
  /** Replaces the cart; the last writer wins. Throws `CartLimitError` and changes nothing over a limit. */
  set(cartId: string, lines: readonly CartLine[]): Promise<void>;
  /**
   * Adds to a line, or appends one. Of concurrent adds none is lost. Throws `CartLimitError` and changes nothing over a limit;
   * `IdempotencyKeyReusedError` when the operation id stands for another add.
   */
  add(cartId: string, id: string, quantity?: number, options?: AddOptions): Promise<CartLine[]>;
  /** The same, but resolves to the new quantity of the line alone: its cost does not grow with the cart. */
  addQuantity(cartId: string, id: string, quantity?: number, options?: AddOptions): Promise<number>;
  /** Sets a line that is there; 0 removes it. Throws `ItemNotInCartError`, `CartLimitError`. */
  setLine(cartId: string, id: string, change: LineChange): Promise<CartLine[]>;
  /** Throws `ItemNotInCartError`. */
  remove(cartId: string, id: string): Promise<CartLine[]>;
  clear(cartId: string): Promise<void>;
  /**
   * Moves one cart into another, atomically in each, also across the slots of a Cluster. What an open checkout has claimed
   * stays in the source. Quantities are clamped at the limits. It may be repeated: after a failure the same call finishes what was
   * begun, and a repeat of one that succeeded adds nothing. Operation ids of the source count for the target too, where it does
   * not know them itself.
   */
  merge(fromCart: string, toCart: string, options?: MergeOptions): Promise<MergeResult>;
  /**
   * Locks the cart and has `processOrder` turn a snapshot of it into an order. `completed`: exactly the snapshot is taken off the
   * cart, so that what was added meanwhile stays, and what was removed meanwhile never goes below zero. `rejected`: the cart is
   * as it was, and the next attempt has a new id. `unknown`: the lock stays, and the next attempt has the same id and lines.
   *
   * Rejects only before `processOrder` is called: with `EmptyCartError`, or `CheckoutInProgressError` while another attempt holds the lock.
   */
  checkout<Result, Reason = unknown>(
    cartId: string,
    processOrder: ProcessOrder<Result, Reason>,
    options?: CheckoutOptions,
  ): Promise<CheckoutOutcome<Result, Reason>>;
  /**
   * Locks the cart while `work` runs, and settles as `work` does. A lock that `work` neither releases nor completes stays, and the next
   * attempt may resume it at once. Rejects as `checkout` does where the lock cannot be acquired.
   */
  withCheckoutLock<Result>(
    cartId: string,
    work: (lock: CheckoutLock) => Promise<Result>,
    options?: CheckoutOptions,
  ): Promise<Result>;
  /**
   * Removes from the cart what was bought, from the caller's durable record of a completed checkout, once per `checkoutId`, however often it is
   * called; for an outcome with a `cartError` and for a cart that came back from before the checkout (a failover).
   * Resolves to the cartVersion that the cart has then, '' where there is no cart: a checkout whose record has this one is not
   * off the cart yet.
   */
  completeCheckout(cartId: string, done: CheckoutRecord): Promise<string>;
}
