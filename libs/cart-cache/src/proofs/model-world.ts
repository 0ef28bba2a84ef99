import { randomUUID } from 'node:crypto';
import type { RedisClient, Script } from '@badger-store/redis-kit';
import { cartKeys } from '../cart-keys';
import { createRedisCartCache, type CartCache, type CheckoutRecord } from '../index';
import { orderInProgress } from '../testing/order-in-progress';
import { Model, type ModelCheckout } from './model';

export const limits = { maxLines: 3, maxQuantity: 9 };
/** Far less than an open checkout lives. */
const ttlSeconds = 100;

export type Attempt = ReturnType<typeof orderInProgress>;

/** What the commands know: the model, and what a caller would have written down. */
export class Story {
  readonly model = new Model(limits);
  /** Every checkout that began; `over` when it is done or refused, so that nobody says it is open. */
  readonly checkouts: { user: string; checkout: ModelCheckout; state: 'open' | 'done' | 'refused' }[] = [];
  readonly running: { user: string; attempt: number; checkoutId: string }[] = [];
  attempts = 0;

  ended(checkoutId: string, state: 'done' | 'refused'): void {
    for (const known of this.checkouts) if (known.checkout.checkoutId === checkoutId) known.state = state;
  }
}

/** Several clients of one Redis, with tokens that nobody used before. */
export class World {
  private readonly run = randomUUID();
  readonly attempts = new Map<number, Attempt>();
  readonly records = new Map<string, CheckoutRecord>();
  private readonly caches: CartCache[];

  constructor(private readonly clients: readonly RedisClient[]) {
    this.caches = clients.map((redis) => createRedisCartCache({ redis, ttlSeconds, ...limits }));
  }

  cache = (client: number): CartCache => this.caches[client % this.caches.length] as CartCache;

  token = (user: string): string => `${user}-${this.run}`;

  async loseClaim(user: string): Promise<void> {
    await this.clients[0]?.run(loseClaimScript, this.token(user));
  }

  /** When the cart and the claim on it end, in ms since 1970; below 0 where there is none. */
  async ends(user: string): Promise<{ cart: number; claim: number }> {
    const [cart = 0, claim = 0] = (await this.clients[0]?.run(endsScript, this.token(user))) ?? [];
    return { cart, claim };
  }

  /** Ends what is still under way. */
  async end(): Promise<void> {
    for (const { reject } of this.attempts.values()) reject('the story is over');
    await Promise.allSettled([...this.attempts.values()].map(({ outcome }) => outcome));
  }
}

const loseClaimScript: Script<string, unknown> = {
  name: 'lose-claim',
  lua: "return redis.call('DEL', KEYS[1], KEYS[2])",
  changes: true,
  encode: (token) => ({ keys: [cartKeys(token).claim, cartKeys(token).claimed], args: [] }),
  decode: (reply) => reply,
};

const endsScript: Script<string, number[]> = {
  name: 'ends',
  lua: "return { redis.call('PEXPIRETIME', KEYS[1]), redis.call('PEXPIRETIME', KEYS[2]) }",
  changes: false,
  encode: (token) => ({ keys: [cartKeys(token).cart, cartKeys(token).claim], args: [] }),
  decode: (reply) => reply as number[],
};
