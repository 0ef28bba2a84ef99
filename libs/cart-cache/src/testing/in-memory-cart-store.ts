import { toLine } from '../cart-rules';
import type { Cart, CartLine, ClampedLine } from '../carts';
import { emptyVersion } from '../read-cart';
import type { Outgoing } from '../scripts';

/** Data is JSON, '' for none. */
export interface StoredLine {
  quantity: number;
  data: string;
}

export interface StoredCart {
  /** Another one when the cart was empty, and after a completed checkout. */
  version: string;
  changes: number;
  data: string;
  /** In the order in which they were added. */
  readonly lines: Map<string, StoredLine>;
}

export interface OpenLock {
  readonly checkoutId: string;
  readonly cartVersion: string;
  readonly lines: readonly CartLine[];
  /** What is still to be removed from the cart. */
  readonly locked: Map<string, number>;
  attemptId: string;
  leaseUntil: number;
  resumed: boolean;
}

/** Values that end after a time; looking finds no value that has ended. */
class Expiring<Value> {
  private readonly kept = new Map<string, { value: Value; until: number }>();

  constructor(private readonly now: () => number) {}

  get(key: string): Value | undefined {
    const entry = this.kept.get(key);
    if (entry && entry.until > this.now()) return entry.value;
    this.kept.delete(key);
    return undefined;
  }

  set(key: string, value: Value, lifeMs: number): void {
    this.kept.set(key, { value, until: this.now() + lifeMs });
  }

  /** Lengthens a life, never shortens it. */
  keep(key: string, lifeMs: number): void {
    const entry = this.kept.get(key);
    if (entry && entry.until > this.now()) entry.until = Math.max(entry.until, this.now() + lifeMs);
  }

  msLeft(key: string): number {
    const entry = this.kept.get(key);
    return entry ? entry.until - this.now() : 0;
  }

  delete(key: string): void {
    this.kept.delete(key);
  }

  /** What is kept under keys that begin so, without that beginning. */
  entries(prefix: string): (readonly [string, Value])[] {
    return [...this.kept.keys()].flatMap((key) => {
      const value = key.startsWith(prefix) ? this.get(key) : undefined;
      return value === undefined ? [] : [[key.slice(prefix.length), value] as const];
    });
  }

  deleteAll(prefix: string): void {
    for (const [rest] of this.entries(prefix)) this.kept.delete(prefix + rest);
  }
}

/** What Redis holds of all carts, in this process's memory, by the key of the cart. */
export class InMemoryCartStore {
  readonly carts: Expiring<StoredCart>;
  readonly locks: Expiring<OpenLock>;
  /** By the key of the cart, a blank, and the idempotency key. */
  readonly idempotencyKeys: Expiring<string>;
  readonly outgoing: Expiring<Outgoing>;
  /** By the key of the cart, a blank, and the transfer id. */
  readonly incoming: Expiring<readonly ClampedLine[]>;

  constructor(readonly now: () => number = Date.now) {
    this.carts = new Expiring(now);
    this.locks = new Expiring(now);
    this.idempotencyKeys = new Expiring(now);
    this.outgoing = new Expiring(now);
    this.incoming = new Expiring(now);
  }

  /** '' where there is no cart. */
  getVersion(key: string): string {
    return this.carts.get(key)?.version ?? '';
  }

  toCart(key: string): Cart {
    const cart = this.carts.get(key);
    if (!cart) return { lines: [], version: emptyVersion };
    const lines = [...cart.lines].map(([id, line]) => toLine({ id, ...line }));
    const version = `${cart.version}.${cart.changes}`;
    return cart.data === '' ? { lines, version } : { lines, version, data: JSON.parse(cart.data) };
  }

  /** The cart, created if need be; a new one lives at least as long as an open checkout of the one before it. */
  open(key: string, version: string, ttlMs: number): StoredCart {
    const present = this.carts.get(key);
    if (present) {
      this.carts.keep(key, ttlMs);
      return present;
    }
    const cart: StoredCart = { version, changes: 0, data: '', lines: new Map() };
    this.carts.set(key, cart, Math.max(ttlMs, this.locks.msLeft(key)));
    return cart;
  }

  endVersionIfEmpty(key: string): void {
    const cart = this.carts.get(key);
    if (!cart || cart.lines.size > 0) return;
    if (cart.data === '') this.carts.delete(key);
    else cart.version = `${cart.version.replace(/~.*/, '')}~${cart.changes}`;
  }

  /** An open checkout locks no more than what the cart holds. */
  clampLocked(key: string): void {
    const lines = this.carts.get(key)?.lines;
    const locked = this.locks.get(key)?.locked ?? new Map<string, number>();
    for (const [id, amount] of locked) {
      const left = Math.min(amount, lines?.get(id)?.quantity ?? 0);
      if (left > 0) locked.set(id, left);
      else locked.delete(id);
    }
  }

  delete(key: string): void {
    this.carts.delete(key);
    this.outgoing.delete(key);
    this.idempotencyKeys.deleteAll(`${key} `);
    this.incoming.deleteAll(`${key} `);
  }
}
