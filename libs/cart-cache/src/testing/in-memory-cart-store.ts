import type { CartLine, ClampedLine } from '../carts';

interface Line {
  quantity: number;
}

export interface Cart {
  readonly born: string;
  settled: string;
  /** In the order in which they were added. */
  readonly lines: Map<string, Line>;
}

/** Another one when the cart is filled anew, and when a checkout was taken off it. */
export const cartVersionOf = (cart: Cart | undefined): string => (cart ? cart.born + cart.settled : '');

export interface OpenClaim {
  readonly checkoutId: string;
  readonly cartVersion: string;
  readonly lines: readonly CartLine[];
  /** What is still to be taken off the cart. */
  readonly claimed: Map<string, number>;
  attemptId: string;
  leaseUntil: number;
  resumed: boolean;
}

interface Apart {
  readonly mergeId: string;
  readonly toCart: string;
  readonly lines: readonly CartLine[];
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
}

/** What Redis holds of all carts, in this process's memory. */
export class InMemoryCartStore {
  readonly carts: Expiring<Cart>;
  readonly claims: Expiring<OpenClaim>;
  /** By token and operation id. */
  readonly operations: Expiring<string>;
  readonly apart: Expiring<Apart>;
  /** By token and merge id. */
  readonly merged: Expiring<readonly ClampedLine[]>;

  constructor(readonly now: () => number) {
    this.carts = new Expiring(now);
    this.claims = new Expiring(now);
    this.operations = new Expiring(now);
    this.apart = new Expiring(now);
    this.merged = new Expiring(now);
  }

  lines(cartId: string): CartLine[] {
    const lines = this.carts.get(cartId)?.lines ?? new Map<string, Line>();
    return [...lines].map(([id, { quantity }]) => ({ id, quantity }));
  }

  /** The cart, made if need be; a new one lives at least as long as an open checkout of the one before it. */
  open(cartId: string, cartVersion: string, ttlMs: number): Cart {
    const present = this.carts.get(cartId);
    if (present) {
      this.carts.keep(cartId, ttlMs);
      return present;
    }
    const cart: Cart = { born: cartVersion, settled: '', lines: new Map() };
    this.carts.set(cartId, cart, Math.max(ttlMs, this.claims.msLeft(cartId)));
    return cart;
  }

  dropIfEmpty(cartId: string): void {
    if (this.carts.get(cartId)?.lines.size === 0) this.carts.delete(cartId);
  }

  /** An open checkout claims no more than what the cart holds. */
  cutClaim(cartId: string): void {
    const lines = this.carts.get(cartId)?.lines;
    const claimed = this.claims.get(cartId)?.claimed ?? new Map<string, number>();
    for (const [id, amount] of claimed) {
      const left = Math.min(amount, lines?.get(id)?.quantity ?? 0);
      if (left > 0) claimed.set(id, left);
      else claimed.delete(id);
    }
  }
}
