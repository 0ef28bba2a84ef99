import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  startRedisServer,
  startRedisSentinel,
  type RedisSentinel,
  type RedisServer,
} from '@badger-store/redis-kit/testing';
import { isStress, stressTest, type Counts, scale, until } from '@badger-store/test-kit';
import { expectAgreement, readOutcome, type Outcome } from './outcome';
import { openShop, type StoreResponse, type CheckoutProcess, type Shop, type Shopper } from './shop';
import { steps, type Step } from '../domain/ports';
import type { Stop } from './workers/checkout-worker';

const killed = 'the process is killed with -9';
const redisLost = 'Redis is lost, and back empty';
const unpaidOnly: readonly Step[] = ['release_stock', 'release_lock'];
const everyStop: readonly Stop[] = steps.flatMap((step) =>
  (['before', 'after'] as const).map((edge) => ({ step, edge })),
);
const tokenFor = (step: Step) => (unpaidOnly.includes(step) ? 'decline' : 'approve');
const stockBefore = 10;
/** Into each cart before the checkout, and one more while it waits at the step, unless there is no Redis then. */
const addedBefore = 2;
const addedBy = (fault: string) => (fault === redisLost ? addedBefore : addedBefore + 1);

interface Row {
  readonly fault: string;
  /** With several, a checkout waits at each of them, and `runs` is their count. */
  readonly stops: readonly Stop[];
  readonly token: string;
  readonly runs: number;
}
/** For the report of `npm run test:stress`. */
function count(fault: string, outcomes: readonly Outcome[]): Counts {
  const orders = outcomes.flatMap((outcome) => outcome.orders);
  const having = (status: string) => orders.filter((order) => order.status === status).length;
  return {
    checkouts: outcomes.length,
    paid: having('paid'),
    declined: having('declined'),
    cancelled: having('cancelled'),
    charges: orders.reduce((sum, { charges }) => sum + (charges ?? 0), 0),
    'missing from carts': outcomes.reduce(
      (sum, { sold, inCart }) => sum + Math.max(0, addedBy(fault) - sold - inCart),
      0,
    ),
  };
}

/** As a client does it: again and again, until it knows. Without a key, an empty cart says that the response got lost. */
async function payUntilKnown(shopper: Shopper, url: string, token: string, key?: string): Promise<StoreResponse> {
  const end = Date.now() + 20_000;
  for (;;) {
    const response = await shopper.pay(url, token, key);
    if ([200, 402].includes(response.status) || response.body.code === 'EMPTY_CART') return response;
    if (![0, 401, 409, 503].includes(response.status) || Date.now() > end) {
      throw new Error(`a client cannot go on: ${JSON.stringify(response)}`);
    }
    await sleep(100);
  }
}

/** Each with something in the cart. */
async function newShoppers(shop: Shop, count: number): Promise<Shopper[]> {
  let shoppers: Shopper[] = [];
  // Sentinels may fail over once more, by themselves, where a busy machine does not let a server respond in time.
  await until('all have something in the cart', async () => {
    shoppers = await Promise.all(Array.from({ length: count }, () => shop.newShopper(stockBefore)));
    return (await Promise.all(shoppers.map((shopper) => shopper.add(addedBefore)))).every(Boolean);
  });
  return shoppers;
}

/** Checks out, lets something happen at a step, and goes on as a client would. Resolves to what the books say then. */
async function checkOutThrough(
  shop: Shop,
  checkout: CheckoutProcess,
  { stops, token, runs, fault }: Row,
  happens: () => Promise<void>,
): Promise<{ outcomes: Outcome[]; shoppers: Shopper[]; reached: number }> {
  await checkout.isWell();
  const shoppers = await newShoppers(shop, runs);
  const keys = shoppers.map((_, n) => (n % 2 ? randomUUID() : undefined));
  checkout.stopAt({ stops, once: stops.length > 1 });
  const first = shoppers.map((shopper, n) => shopper.pay(checkout.url, token, keys[n]));
  const reached = await checkout.reached(runs);
  if (fault !== redisLost) {
    const areAdded = await Promise.all(shoppers.map((shopper) => shopper.add(1)));
    if (fault === killed) expect(areAdded).not.toContain(false);
  }
  await happens();
  const responses = await Promise.all(first);

  await Promise.all(
    shoppers.map(async (shopper, n) => {
      const key = keys[n];
      const first = responses[n];
      const isKnown = first?.status === 200 || first?.status === 402;
      const response = isKnown ? first : await payUntilKnown(shopper, checkout.url, token, key);
      if (key === undefined || response.status !== 200) return;
      const repeated = await payUntilKnown(shopper, checkout.url, token, key);
      expect(repeated.body.order?.id).toBe(response.body.order?.id);
    }),
  );
  const outcomes = await Promise.all(shoppers.map((shopper) => readOutcome(shop, shopper)));
  for (const outcome of outcomes) expectAgreement(outcome, stockBefore);
  return { outcomes, shoppers, reached };
}

/**
 * With full counts one checkout waits at each kill. Otherwise a checkout waits at each step, and one kill is for all; what happens
 * after a step also happens before the next one.
 */
const killRows = ['approve', 'decline'].flatMap((token): Row[] => {
  const stops = everyStop.filter(({ step }) => tokenFor(step) === token);
  if (isStress) return stops.map((stop) => ({ fault: killed, stops: [stop], token, runs: 1 }));
  const after = stops.filter(({ edge }) => edge === 'after');
  return [{ fault: killed, stops: after, token, runs: after.length }];
});
const redisStops = isStress
  ? everyStop
  : everyStop.filter(({ step, edge }) => edge === 'after' && step === 'confirm_payment');
const kills = scale(1, 20);
const laneCount = scale(1, 3);
const runs = scale(5, 20);

describe('with one Redis', () => {
  let redis: RedisServer;
  let shop: Shop;
  const lanes: CheckoutProcess[] = [];
  beforeAll(async () => {
    redis = await startRedisServer();
    shop = await openShop({ redis: { url: redis.url, connectionName: 'stress' }, redisEnv: { REDIS_URL: redis.url } });
    for (let lane = 0; lane < laneCount; lane += 1) lanes.push(await shop.startCheckout());
  });
  afterAll(async () => {
    await shop.close();
    await redis.stop();
  });

  stressTest(
    'A checkout charges once, sells once and loses nothing when its process is killed with -9 before or after a step',
    async () => {
      const waiting = killRows.flatMap((row) => Array.from({ length: kills }, () => row));
      const outcomes: Outcome[] = [];
      await Promise.all(
        lanes.map(async (lane) => {
          for (let row = waiting.pop(); row; row = waiting.pop()) {
            const { outcomes: these } = await checkOutThrough(shop, lane, row, () => lane.killAndRestart());
            const { stops, runs } = row;
            expect({ stops, all: these.map(({ sold, inCart }) => sold + inCart) }).toEqual({
              stops,
              all: Array.from({ length: runs }, () => addedBy(killed)),
            });
            outcomes.push(...these);
          }
        }),
      );
      return count(killed, outcomes);
    },
    1_800_000,
  );

  for (const stop of redisStops) {
    stressTest(
      `A checkout charges and sells at most once when Redis loses everything ${stop.edge} the step ${stop.step}`,
      async () => {
        const [checkout] = lanes as [CheckoutProcess];
        const row = { fault: redisLost, stops: [stop], token: tokenFor(stop.step), runs };
        const { outcomes } = await checkOutThrough(shop, checkout, row, async () => {
          await redis.stop('SIGKILL');
          redis = await startRedisServer({ port: redis.port });
          checkout.proceed();
        });
        for (const { sold, inCart } of outcomes) expect(sold + inCart).toBeLessThanOrEqual(addedBefore);
        return count(redisLost, outcomes);
      },
      60_000,
    );
  }
});

/** In `npm test`, `place-order.int.spec.ts` takes back what a failover would lose. */
(isStress ? describe : describe.skip)('with Redis under Sentinel', () => {
  let redis: RedisSentinel;
  let servers: Map<number, RedisServer>;
  let shop: Shop;
  let checkout: CheckoutProcess;
  beforeAll(async () => {
    redis = await startRedisSentinel();
    servers = new Map(redis.servers.map((server) => [server.port, server]));
    const { sentinels, sentinelName } = redis;
    const addresses = sentinels.map(({ host, port }) => `${host}:${port}`).join(',');
    shop = await openShop({
      redis: { sentinels, sentinelName, connectionName: 'stress' },
      redisEnv: { REDIS_SENTINELS: addresses, REDIS_SENTINEL_NAME: sentinelName },
    });
    checkout = await shop.startCheckout();
  }, 90_000);
  afterAll(async () => {
    await shop.close();
    await redis.stop();
    await Promise.all([...servers.values()].map((server) => server.stop('SIGKILL')));
  });

  for (const stop of everyStop) {
    stressTest(
      `A checkout charges and sells at most once when Sentinel fails over ${stop.edge} the step ${stop.step}`,
      async () => {
        const fault = 'the Redis primary dies, and Sentinel promotes a replica';
        const row = { fault, stops: [stop], token: tokenFor(stop.step), runs };
        await redis.whenComplete();
        const { shoppers, outcomes } = await checkOutThrough(shop, checkout, row, async () => {
          const { port } = await redis.primary();
          await servers.get(port)?.stop('SIGKILL');
          await until('a replica is promoted', async () => (await redis.primary()).port !== port, 30_000);
          checkout.proceed();
          const args = ['--replicaof', `127.0.0.1 ${(await redis.primary()).port}`, '--repl-diskless-sync-delay', '0'];
          servers.set(port, await startRedisServer({ port, args }));
        });
        // Were the cart to come back from before a checkout, what was sold is taken off it before anything is bought again.
        let before: number;
        let outcomesThen: Outcome[];
        do {
          before = (await redis.primary()).port;
          await Promise.all(shoppers.map((shopper) => payUntilKnown(shopper, checkout.url, 'approve')));
          // The first one may get an order from before.
          await Promise.all(shoppers.map((shopper) => payUntilKnown(shopper, checkout.url, 'approve')));
          outcomesThen = await Promise.all(shoppers.map((shopper) => readOutcome(shop, shopper)));
        } while ((await redis.primary()).port !== before);
        for (const outcome of outcomesThen) {
          expectAgreement(outcome, stockBefore);
          expect(outcome.sold).toBeLessThanOrEqual(addedBy(row.fault));
          expect(outcome.inCart).toBe(0);
        }
        return count(row.fault, outcomes);
      },
      90_000,
    );
  }
});
