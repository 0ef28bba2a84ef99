import { randomUUID } from 'node:crypto';
import type { RedisClient, Script } from '@badger-store/redis-kit';
import { toCartKeys } from '../cart-keys';
import { createCarts, type Carts, type CartSettings, type CheckoutRecord } from '../index';
import { createInMemoryCarts, InMemoryCartStore } from '../testing';
import type { orderInProgress } from '../testing/order-in-progress';

/** The compiler names a setting that the model is not tried with. */
const settings: Required<Omit<CartSettings, 'maxDataBytes' | 'checkoutLeaseSeconds' | 'keyPrefix'>> = {
  maxLines: 3,
  maxQuantity: 9,
  /** Far less than an open checkout lives. */
  ttlSeconds: 100,
};

interface KnownCheckout {
  readonly user: string;
  readonly record: CheckoutRecord;
  state: 'open' | 'completed' | 'rejected';
}

interface Attempt {
  readonly checkoutId: string;
  readonly order: ReturnType<typeof orderInProgress>;
}

interface Storage {
  readonly caches: readonly Carts[];
  loseLock(token: string): Promise<unknown>;
  /** In ms, both from the same time on; 0 or less where there is none. */
  ends(token: string): Promise<readonly [cart: number, lock: number]>;
}

/** Carts, in Redis or in the in-memory cart that is its model, and what callers have written down of their checkouts. */
export class Side {
  private readonly run = randomUUID();
  private readonly names: string[] = [];
  readonly checkouts: KnownCheckout[] = [];
  readonly running: Attempt[] = [];
  /** The last two that were seen of each cart. */
  private readonly versions = new Map<string, readonly string[]>();

  constructor(private readonly storage: Storage) {}

  cache = (client: number): Carts => this.storage.caches[client % this.storage.caches.length] as Carts;

  token = (user: string): string => `${user}-${this.run}`;

  /** Stands for an id or a version, which are random on each side. */
  numberFor(name: string): number {
    if (!this.names.includes(name)) this.names.push(name);
    return this.names.indexOf(name);
  }

  /** What a caller passes as `ifVersion`: the version of the cart, or one that was seen before. */
  ifVersion(user: string, which: 'none' | 'present' | 'earlier'): string | undefined {
    const seen = this.versions.get(user);
    if (which === 'none' || !seen) return undefined;
    return which === 'present' ? seen.at(-1) : seen[0];
  }

  /** Replaces the part of versions that is random on each side. */
  normalize(result: unknown): unknown {
    return JSON.parse(JSON.stringify(result ?? null), (key, value: unknown) => {
      if (key !== 'version' || typeof value !== 'string') return value;
      const [cartVersion = '', changes = ''] = value.split('.');
      return `${this.numberFor(cartVersion)}.${changes}`;
    });
  }

  /** Keeps the record of a checkout that began, and says what a caller sees of it. */
  begin(user: string, { checkoutId, cartVersion, lines, resumed }: CheckoutRecord & { readonly resumed: boolean }) {
    const isNew = this.checkouts.every(({ record }) => record.checkoutId !== checkoutId);
    if (isNew) this.checkouts.push({ user, record: { checkoutId, cartVersion, lines }, state: 'open' });
    return { checkout: this.numberFor(checkoutId), version: this.numberFor(cartVersion), lines, resumed, isNew };
  }

  end(checkoutId: string, state: 'completed' | 'rejected'): void {
    for (const known of this.checkouts) if (known.record.checkoutId === checkoutId) known.state = state;
  }

  loseLock = (user: string) => this.storage.loseLock(this.token(user));

  /** The cart, whether there is a lock on it, and whether the cart outlives it. */
  async look(client: number, user: string) {
    const read = await this.cache(client).getCart(this.token(user));
    this.versions.set(user, [...(this.versions.get(user) ?? []), read.version].slice(-2));
    const [cart, lock] = await this.storage.ends(this.token(user));
    return { cart: this.normalize(read), hasLock: lock > 0, outlivesLock: cart <= 0 || lock <= 0 || cart >= lock };
  }

  async stop(): Promise<void> {
    for (const { order } of this.running) order.reject('the story has ended');
    await Promise.allSettled(this.running.map(({ order }) => order.outcome));
  }
}

export const createRedisSide = (clients: readonly RedisClient[]): Side => {
  const [client] = clients as [RedisClient];
  return new Side({
    caches: clients.map((redis) => createCarts({ redis, ...settings })),
    loseLock: (token) => client.run(loseLockScript, token),
    ends: (token) => client.run(endsScript, token),
  });
};

export const createInMemorySide = (): Side => {
  const store = new InMemoryCartStore(Date.now);
  return new Side({
    caches: [createInMemoryCarts({ store, ...settings })],
    loseLock: async (token) => store.locks.delete(getKeys(token).cart),
    ends: async (token) => [store.carts.msLeft(getKeys(token).cart), store.locks.msLeft(getKeys(token).cart)],
  });
};

const getKeys = (token: string) => toCartKeys('', token);

const loseLockScript: Script<string, unknown> = {
  name: 'lose-lock',
  lua: "return redis.call('DEL', KEYS[1], KEYS[2])",
  changes: true,
  encode: (token) => ({ keys: [getKeys(token).lock, getKeys(token).locked], args: [] }),
  decode: (reply) => reply,
};

const endsScript: Script<string, readonly [number, number]> = {
  name: 'ends',
  lua: "return { redis.call('PEXPIRETIME', KEYS[1]), redis.call('PEXPIRETIME', KEYS[2]) }",
  changes: false,
  encode: (token) => ({ keys: [getKeys(token).cart, getKeys(token).lock], args: [] }),
  decode: (reply) => reply as [number, number],
};
