import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from '@badger-store/stack';
import { freePort, isStress, stressTest } from '@badger-store/test-kit';
import autocannon from 'autocannon';
import { newGuest, send } from '../support/customer';
import { runProgram, startReplica, type Replica } from '../support/program';
import { openShop } from '../support/shop';

const seconds = isStress ? 60 : 10;
const perSecond = isStress ? 1000 : 200;

const folder = mkdtempSync(join(tmpdir(), 'no-pause-'));
const keys = { USER_TOKEN_PRIVATE_KEY_FILE: join(folder, 'user-token.pem') };
let shop: Stack;
let inventory: Replica;
let gateway: Replica;

beforeAll(async () => {
  shop = await openShop(keys);
  const { ports } = shop;
  const local = (port: number) => `http://127.0.0.1:${port}`;
  const stored = (service: string) => ({
    ...keys,
    HOST: '127.0.0.1',
    REDIS_URL: `redis://127.0.0.1:${ports.redis}`,
    DATABASE_URL: `postgres://${service}:${service}@127.0.0.1:${ports.postgres}/badger_store`,
    JWKS_URL: `${local(ports.gateway)}/.well-known/jwks.json`,
    GATEWAY_ADMIN_URL: local(ports.gateway),
    CHECKOUT_URL: local(ports.checkout),
    RATE_LIMIT_ADDRESS_PER_MINUTE: '10000000',
    RATE_LIMIT_SESSION_PER_MINUTE: '10000000',
    RATE_LIMIT_AUTH_PER_MINUTE: '10000',
  });
  inventory = await startReplica('inventory', await freePort(), stored('inventory'));
  gateway = await startReplica('gateway', await freePort(), {
    ...stored('gateway'),
    INVENTORY_URL: `${local(ports.inventory)},${inventory.url}`,
  });
});
afterAll(async () => {
  await gateway.stop();
  await inventory.stop();
  await shop.stop();
  rmSync(folder, { recursive: true });
});

stressTest(
  'Token-checked requests through the gateway, reads and changes, while keys are rotated and one inventory of two is restarted: none fails',
  async () => {
    const customer = await newGuest(gateway.url);
    await customer.add('badger-enamel-mug');
    const headers = { authorization: `Bearer ${customer.token}` };
    const counts = { requests: 0, rotations: 0, restarts: 0, sessions: 0, failed: 0 };
    let loading = true;

    const cannon = autocannon({
      ...{ url: gateway.url, connections: 50, duration: seconds, overallRate: perSecond },
      requests: [
        { method: 'GET', path: '/Cart', headers },
        {
          method: 'PATCH',
          path: '/Cart/Item/badger-enamel-mug',
          headers: { ...headers, 'content-type': 'application/json' },
          body: '{"quantity":3}',
        },
      ],
    });
    // It gives a tracker that can only be awaited.
    const load = Promise.resolve(cannon).finally(() => (loading = false));

    const rotating = async () => {
      while (loading) {
        await runProgram('gateway', ['rotate-keys', '--in', '5'], {
          ...keys,
          DATABASE_URL: `postgres://gateway:gateway@127.0.0.1:${shop.ports.postgres}/badger_store`,
        });
        counts.rotations += 1;
        await sleep(isStress ? 10_000 : 5500);
      }
    };
    const restarting = async () => {
      while (loading) {
        await inventory.restart();
        counts.restarts += 1;
        await sleep(isStress ? 8000 : 500);
      }
    };
    /** Sessions that begin meanwhile have tokens of whichever key signs at that moment. */
    const beginning = async () => {
      while (loading) {
        const newcomer = await newGuest(gateway.url);
        const { status } = await newcomer.send('GET', '/Cart');
        counts.sessions += 1;
        if (status !== 200) counts.failed += 1;
        await sleep(50);
      }
    };

    const [result] = await Promise.all([load, rotating(), restarting(), beginning()]);
    counts.requests = result.requests.total;
    counts.failed += result.non2xx + result.errors + result.timeouts;
    const { body } = await send(gateway.url, 'GET', '/.well-known/jwks.json');
    const published = (body.keys as unknown[]).length;
    expect(counts.failed).toBe(0);
    expect(published).toBeGreaterThan(1);
    expect(counts.requests).toBeGreaterThan(seconds * perSecond * 0.9);
    expect(counts.restarts).toBeGreaterThan(0);
    const { requests, rotations, restarts, sessions } = counts;
    return { requests, rotations, restarts, sessions, seconds };
  },
  120_000,
);
