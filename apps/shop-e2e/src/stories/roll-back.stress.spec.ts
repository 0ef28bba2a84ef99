import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endWithThisProcess, untilReady } from '@badger-store/test-kit';
import { newGuest } from '../support/customer';
import { buildEarlierVersion, findEarlierVersion, type EarlierVersion } from '../support/earlier-version';
import { freePorts, openShop } from '../support/shop';

const commit = findEarlierVersion();
const describeOrSkip = commit === undefined ? describe.skip : describe;
const hourMs = 3_600_000;

describeOrSkip(`the version before (${commit ?? 'its history is missing'})`, () => {
  let earlier: EarlierVersion;
  beforeAll(async () => {
    earlier = await buildEarlierVersion(commit ?? '');
  }, hourMs);
  afterAll(() => earlier.remove());

  it(
    'serves what this version wrote to PostgreSQL and Redis, and accepts its tokens',
    async () => {
      const dataFolder = mkdtempSync(join(tmpdir(), 'roll-back-'));
      const ports = await freePorts();
      const keys = Object.fromEntries(
        ['USER_TOKEN_PRIVATE_KEY_FILE', 'REFRESH_TOKEN_SECRET_FILE', 'DEVICE_COOKIE_SECRET_FILE'].map((name) => [
          name,
          join(dataFolder, name.toLowerCase()),
        ]),
      );
      const settings = { ...keys, SERVICE_TOKEN_SECRET_FILE: join(dataFolder, 'service-token-secrets') };
      const shop = await openShop(settings, { ports, dataFolder });
      const guest = await newGuest(shop.url);
      await guest.add('badger-enamel-mug');
      const paid = await guest.pay('approve');
      await guest.add('sett-stoneware-teapot', 2);
      await shop.stop();

      const names = { gateway: 'GATEWAY_PORT', inventory: 'INVENTORY_PORT', checkout: 'CHECKOUT_PORT' };
      const env = {
        ...process.env,
        ...settings,
        ...Object.fromEntries(
          Object.entries(names).map(([service, name]) => [name, String(ports[service as 'gateway'])]),
        ),
        REDIS_PORT: String(ports.redis),
        POSTGRES_PORT: String(ports.postgres),
        DATA_FOLDER: dataFolder,
      };
      const stack = endWithThisProcess(
        spawn(process.execPath, ['dist/tools/stack/main.js'], { cwd: earlier.folder, env, stdio: 'inherit' }),
      );
      const ended = once(stack, 'exit');
      try {
        await Promise.race([
          // Each, since earlier versions report less at the gateway.
          Promise.all([
            untilReady('gateway', shop.url),
            untilReady('inventory', `http://127.0.0.1:${ports.inventory}`),
            untilReady('checkout', `http://127.0.0.1:${ports.checkout}`),
          ]),
          ended.then(() => Promise.reject(new Error('the earlier version does not start'))),
        ]);
        const { status, body: cart } = await guest.send('GET', '/Cart');
        expect({ status, cart }).toEqual({
          status: 200,
          cart: { cart: [{ id: 'sett-stoneware-teapot', quantity: 2 }] },
        });
        expect((await guest.pay('approve')).status).toBe(200);
        const { body } = await guest.send('GET', '/orders');
        expect(body.orders?.map(({ status }) => status)).toEqual(['paid', 'paid']);
        expect(body.orders?.[1]?.id).toBe(paid.body.order?.id);
        await earlier.run('sh', ['tools/tour.sh', shop.url]);
      } finally {
        stack.kill('SIGTERM');
        await ended;
        rmSync(dataFolder, { recursive: true, force: true });
      }
    },
    hourMs,
  );

  it(
    'passes its tests on the schema of this version',
    async () => {
      earlier.useNewerMigrations();
      await earlier.run(
        'npx',
        ['jest', ...['gateway', 'inventory', 'checkout'].map((service) => `apps/${service}/src`)],
        {
          STRESS: '',
        },
      );
    },
    hourMs,
  );
});
