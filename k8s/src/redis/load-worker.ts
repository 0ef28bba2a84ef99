import { randomUUID } from 'node:crypto';
import { createCarts } from '@badger-store/cart-cache';
import { RedisUnavailableError } from '@badger-store/redis-kit';

/** What callers saw between `begin` and `end`; times are ms since the epoch. */
export interface Seen {
  acknowledged: number;
  /** Rejected with `outcomeUnknown: false`, and repeated as a service does. */
  repeated: number;
  /** Rejected with `outcomeUnknown: false` until `repeatMs` had passed. */
  refused: number;
  /** Rejected with `outcomeUnknown: true`. */
  unclear: number;
  /** Acknowledged and not in the carts afterwards. */
  lost: number;
  /** In the carts, and neither acknowledged nor unclear. */
  tooMany: number;
  firstErrorAt?: number;
  lastErrorAt?: number;
  /** The longest time without a success, of all callers. */
  longestGapMs: number;
  longestCallMs: number;
  readonly strange: string[];
}

export interface LoadInput {
  /** The names of all nodes. */
  readonly hosts: readonly string[];
  readonly isCluster: boolean;
  readonly secrets: string;
  readonly callers: number;
}

const { hosts, isCluster, secrets, callers } = JSON.parse(process.argv[2] ?? '') as LoadInput;
const cache = createCarts({
  ...(isCluster
    ? { clusterNodes: hosts.map((host) => ({ host, port: 6379 })) }
    : { sentinels: hosts.map((host) => ({ host, port: 26379 })), sentinelName: 'badger' }),
  username: 'cart',
  passwordFile: `${secrets}/cart-password`,
  tls: { caFile: `${secrets}/ca.crt` },
  maxQuantity: 1e9,
});

let going = false;
let seen: Seen;
let held: Map<string, { acknowledged: number; unclear: number }>;
let working: Promise<unknown> = Promise.resolve();
let lastSuccessAt: number;

/** So long does a service repeat a call that did nothing. */
const repeatMs = 900;

async function addRepeatedly(userToken: string): Promise<void> {
  const startedAt = Date.now();
  for (;;) {
    try {
      await cache.addQuantity(userToken, 'mug');
      return;
    } catch (error) {
      const didNothing = error instanceof RedisUnavailableError && !error.outcomeUnknown;
      if (!didNothing || Date.now() - startedAt > repeatMs) throw error;
      seen.repeated += 1;
      await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 40));
    }
  }
}

async function call(userToken: string): Promise<void> {
  const cart = held.get(userToken) as { acknowledged: number; unclear: number };
  const startedAt = Date.now();
  try {
    await addRepeatedly(userToken);
    cart.acknowledged += 1;
    seen.acknowledged += 1;
    seen.longestGapMs = Math.max(seen.longestGapMs, Date.now() - lastSuccessAt);
    lastSuccessAt = Date.now();
  } catch (error) {
    seen.firstErrorAt ??= Date.now();
    seen.lastErrorAt = Date.now();
    if (!(error instanceof RedisUnavailableError)) seen.strange.push(String(error));
    else if (!error.outcomeUnknown) seen.refused += 1;
    else {
      seen.unclear += 1;
      cart.unclear += 1;
    }
  }
  seen.longestCallMs = Math.max(seen.longestCallMs, Date.now() - startedAt);
}

function begin(): void {
  held = new Map(Array.from({ length: callers }, () => [randomUUID(), { acknowledged: 0, unclear: 0 }]));
  seen = {
    acknowledged: 0,
    repeated: 0,
    refused: 0,
    unclear: 0,
    lost: 0,
    tooMany: 0,
    longestGapMs: 0,
    longestCallMs: 0,
    strange: [],
  };
  lastSuccessAt = Date.now();
  going = true;
  const caller = async (userToken: string) => {
    while (going) {
      await call(userToken);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  working = Promise.all([...held.keys()].map(caller));
}

/** What is compared is what the carts hold, however long the nodes take to come together again. */
async function untilReplied<Reply>(ask: () => Promise<Reply>): Promise<Reply> {
  for (let triesLeft = 100; ; triesLeft--) {
    try {
      return await ask();
    } catch (error) {
      if (triesLeft === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function end(): Promise<Seen> {
  going = false;
  await working;
  for (const [userToken, { acknowledged, unclear }] of held) {
    const [line] = await untilReplied(() => cache.get(userToken));
    const quantity = line?.quantity ?? 0;
    seen.lost += Math.max(0, acknowledged - quantity);
    seen.tooMany += Math.max(0, quantity - acknowledged - unclear);
  }
  return seen;
}

process.on('message', (message) => {
  if (message === 'begin') begin();
  else if (message === 'hold') going = false;
  else if (message === 'end') void end().then((result) => process.send?.(result));
  else process.exit(0);
});
process.on('disconnect', () => process.exit(0));
void cache.ready(10_000).then(() => process.send?.('ready'));
