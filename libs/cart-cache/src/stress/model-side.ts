import { randomUUID } from 'node:crypto';
import type { RedisClient, Script } from '@badger-store/redis-kit';
import { cartKeys } from '../cart-keys';
import { createCarts, type Carts, type CheckoutRecord } from '../index';
import { createInMemoryCarts, InMemoryCartStore } from '../testing';
import type { orderInProgress } from '../testing/order-in-progress';

const settings = {
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
  loseClaim(token: string): Promise<unknown>;
  /** In ms, both from the same time on; 0 or less where there is none. */
  ends(token: string): Promise<readonly [cart: number, claim: number]>;
}

/** Carts, in Redis or in the in-memory cart that is its model, and what callers have written down of their checkouts. */
export class Side {
  private readonly run = randomUUID();
  private readonly names: string[] = [];
  readonly checkouts: KnownCheckout[] = [];
  readonly running: Attempt[] = [];

  constructor(private readonly storage: Storage) {}

  cache = (client: number): Carts => this.storage.caches[client % this.storage.caches.length] as Carts;

  token = (user: string): string => `${user}-${this.run}`;

  /** Stands for an id or a version, which are random on each side. */
  numberOf(name: string): number {
    if (!this.names.includes(name)) this.names.push(name);
    return this.names.indexOf(name);
  }

  /** Keeps the record of a checkout that began, and says what a caller sees of it. */
  begin(user: string, { checkoutId, cartVersion, lines, resumed }: CheckoutRecord & { readonly resumed: boolean }) {
    const isNew = this.checkouts.every(({ record }) => record.checkoutId !== checkoutId);
    if (isNew) this.checkouts.push({ user, record: { checkoutId, cartVersion, lines }, state: 'open' });
    return { checkout: this.numberOf(checkoutId), version: this.numberOf(cartVersion), lines, resumed, isNew };
  }

  end(checkoutId: string, state: 'completed' | 'rejected'): void {
    for (const known of this.checkouts) if (known.record.checkoutId === checkoutId) known.state = state;
  }

  loseClaim = (user: string) => this.storage.loseClaim(this.token(user));

  /** The cart, whether there is a claim on it, and whether the cart outlives it. */
  async look(client: number, user: string) {
    const lines = await this.cache(client).get(this.token(user));
    const [cart, claim] = await this.storage.ends(this.token(user));
    return { lines, hasClaim: claim > 0, outlivesClaim: cart <= 0 || claim <= 0 || cart >= claim };
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
    loseClaim: (token) => client.run(loseClaimScript, token),
    ends: (token) => client.run(endsScript, token),
  });
};

export const createInMemorySide = (): Side => {
  const store = new InMemoryCartStore(Date.now);
  return new Side({
    caches: [createInMemoryCarts({ store, ...settings })],
    loseClaim: async (token) => store.claims.delete(token),
    ends: async (token) => [store.carts.msLeft(token), store.claims.msLeft(token)],
  });
};

const loseClaimScript: Script<string, unknown> = {
  name: 'lose-claim',
  lua: "return redis.call('DEL', KEYS[1], KEYS[2])",
  changes: true,
  encode: (token) => ({ keys: [cartKeys(token).claim, cartKeys(token).claimed], args: [] }),
  decode: (reply) => reply,
};

const endsScript: Script<string, readonly [number, number]> = {
  name: 'ends',
  lua: "return { redis.call('PEXPIRETIME', KEYS[1]), redis.call('PEXPIRETIME', KEYS[2]) }",
  changes: false,
  encode: (token) => ({ keys: [cartKeys(token).cart, cartKeys(token).claim], args: [] }),
  decode: (reply) => reply as [number, number],
};
