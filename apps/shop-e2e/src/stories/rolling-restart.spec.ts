import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from '@badger-store/stack';
import { freePort, isStress, stressTest } from '@badger-store/test-kit';
import { openBooks, type Books } from '../support/books';
import { newGuest } from '../support/customer';
import { startReplica, type Replica } from '../support/program';
import { openServiceAddress } from '../support/service-address';
import { openShop } from '../support/shop';
import { startSteadyLoad } from '../support/steady-load';

const perSecond = isStress ? 500 : 200;
const rounds = isStress ? 3 : 1;
const mug = 'badger-enamel-mug';

const folder = mkdtempSync(join(tmpdir(), 'rolling-restart-'));
const keys = { USER_TOKEN_PRIVATE_KEY_FILE: join(folder, 'user-token.pem') };
const replicas: Record<'gateway' | 'inventory' | 'checkout', Replica[]> = { gateway: [], inventory: [], checkout: [] };
let shop: Stack;
let books: Books;
let store: Awaited<ReturnType<typeof openServiceAddress>>;

beforeAll(async () => {
  shop = await openShop(keys);
  const { ports } = shop;
  const database = (user: string) => `postgres://${user}:${user}@127.0.0.1:${ports.postgres}/badger_store`;
  books = openBooks(database('postgres'));
  await books.setStock(mug, 1_000_000);

  const addresses = async () => [await freePort(), await freePort()].map((port) => `http://127.0.0.1:${port}`);
  const [gateways, inventories, checkouts] = [await addresses(), await addresses(), await addresses()];
  store = await openServiceAddress(gateways);
  const startTwo = async (service: keyof typeof replicas, urls: readonly string[]) => {
    for (const url of urls) {
      const settings = {
        ...keys,
        HOST: '127.0.0.1',
        REDIS_URL: `redis://127.0.0.1:${ports.redis}`,
        DATABASE_URL: database(service),
        JWKS_URL: `${store.url}/.well-known/jwks.json`,
        GATEWAY_ADMIN_URL: gateways.join(),
        FIRST_PARTY_ORIGINS: store.url,
        INVENTORY_URL: inventories.join(),
        CHECKOUT_URL: checkouts.join(),
        RATE_LIMIT_ADDRESS_PER_MINUTE: '10000000',
        RATE_LIMIT_SESSION_PER_MINUTE: '10000000',
        RATE_LIMIT_AUTH_PER_MINUTE: '100000',
      };
      replicas[service].push(await startReplica(service, Number(new URL(url).port), settings));
    }
  };
  await Promise.all([
    startTwo('gateway', gateways),
    startTwo('inventory', inventories),
    startTwo('checkout', checkouts),
  ]);
});
afterAll(async () => {
  await store.close();
  for (const replica of Object.values(replicas).flat()) await replica.stop();
  await books.close();
  await shop.stop();
  rmSync(folder, { recursive: true });
});

stressTest(
  'Two gateways, two inventories and two checkouts, restarted one after the other under load: no request fails, 503 counted as failed',
  async () => {
    const counts = { checkouts: 0, sessions: 0, restarts: 0 };
    const refused: string[] = [];
    const customer = await newGuest(store.url);
    await customer.add(mug);
    const headers = { authorization: `Bearer ${customer.token}` };
    const json = { ...headers, 'content-type': 'application/json' };
    let restarting = true;

    const load = startSteadyLoad(store.url, { perSecond, connections: 50 }, [
      { method: 'GET', path: '/Cart', headers },
      { method: 'PATCH', path: `/Cart/Item/${mug}`, headers: json, body: '{"quantity":3}' },
      { method: 'GET', path: '/inventory/items?category=kitchen', headers },
    ]);
    const restartAll = async () => {
      for (let round = 0; round < rounds; round += 1) {
        for (const replica of Object.values(replicas).flat()) {
          await replica.restart();
          counts.restarts += 1;
          await sleep(500);
        }
      }
      restarting = false;
    };
    /** Begins a session, fills a cart and pays for it, again and again. */
    const buy = async () => {
      while (restarting) {
        const buyer = await newGuest(store.url);
        counts.sessions += 1;
        for (let cart = 0; cart < 5 && restarting; cart += 1) {
          const added = await buyer.add(mug, 2);
          const paid = await buyer.pay('approve');
          counts.checkouts += 1;
          if (added.status !== 201) refused.push(`add ${added.status} ${added.body.code}`);
          if (paid.status !== 200) refused.push(`pay ${paid.status} ${paid.body.code}`);
          await sleep(100);
        }
      }
    };

    await Promise.all([restartAll(), buy(), buy(), buy(), buy()]);
    const { requests, seconds, failures } = await load.stop();
    await books.whenClosed(60_000);
    const { sold, wrongCharges, heldReservations } = await books.of(mug);

    expect({ failures, refused }).toEqual({ failures: {}, refused: [] });
    expect({ sold, wrongCharges, heldReservations }).toEqual({
      sold: counts.checkouts * 2,
      wrongCharges: 0,
      heldReservations: 0,
    });
    expect(counts.restarts).toBe(rounds * 6);
    return { perSecond, seconds: Math.round(seconds), requests, ...counts, failed: refused.length };
  },
  300_000,
);
