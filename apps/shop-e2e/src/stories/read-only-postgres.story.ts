import { randomUUID } from 'node:crypto';
import type { Stack } from '@badger-store/stack';
import { until } from '@badger-store/test-kit';
import { Client } from 'pg';
import { newGuest, send, type StoreResponse } from '../support/customer';
import { openFaultyShop } from '../support/faulty-shop';
import { getPids } from '../support/shop';

const item = 'badger-enamel-mug';
const services = ['gateway', 'inventory', 'checkout'] as const;

let operator: Client;
let shop: Stack;
beforeAll(async () => {
  const { stack, databaseUrl } = await openFaultyShop();
  shop = stack;
  operator = new Client({ connectionString: databaseUrl });
  await operator.connect();
});
afterAll(() => operator.end());

/** As a demoted server is; only new connections notice. */
async function setReadOnly(isReadOnly: boolean): Promise<void> {
  await operator.query('set default_transaction_read_only = off');
  await operator.query(`alter database store set default_transaction_read_only = ${isReadOnly ? 'on' : 'off'}`);
}
const endConnections = () =>
  operator.query('select pg_terminate_backend(pid) from pg_stat_activity where application_name = any($1)', [services]);

const register = () =>
  send(shop.url, 'POST', '/auth/register', { email: `${randomUUID()}@example.com`, password: 'badgers dig at night' });
const getPostgres = async (service: (typeof services)[number]) => {
  const { body } = await send(`http://127.0.0.1:${shop.ports[service]}`, 'GET', '/readyz');
  return (body.dependencies as Record<string, string>).postgres;
};
const outcome = ({ status, body }: StoreResponse) => `${status} ${body.code ?? ''}`.trim();

it('a PostgreSQL that is read-only makes writes respond with 503, reads go on, and the store recovers without help', async () => {
  const user = await register();
  const authorization = `Bearer ${String(user.body.userToken)}`;
  const guest = await newGuest(shop.url);
  await guest.add(item);
  const pids = getPids(shop);
  await setReadOnly(true);
  await endConnections();

  await until('every service says so', async () =>
    (await Promise.all(services.map(getPostgres))).every((state) => state === 'read-only'),
  );
  const writes = [
    await register(),
    await send(shop.url, 'POST', '/auth/logout', undefined, { authorization }),
    await send(shop.url, 'POST', '/auth/logout-all', undefined, { authorization }),
    await guest.pay('approve'),
  ];
  const unavailable = '503 POSTGRES_UNAVAILABLE';
  expect(writes.map(outcome)).toEqual([unavailable, unavailable, unavailable, '503 CHECKOUT_OUTCOME_UNKNOWN']);
  for (const { headers } of writes) expect(headers.get('retry-after')).toMatch(/^\d+$/);
  const reads = ['/inventory/items', '/orders', '/Cart'];
  for (const path of reads) expect([path, (await guest.send('GET', path)).status]).toEqual([path, 200]);

  await setReadOnly(false);
  expect(outcome(await register())).toBe('201');
  await until('the next checkout is paid', async () => outcome(await guest.pay('approve')) === '200');
  expect(outcome(await send(shop.url, 'POST', '/auth/logout', undefined, { authorization }))).toBe('204');
  expect(await Promise.all(services.map(getPostgres))).toEqual(['up', 'up', 'up']);
  expect(getPids(shop)).toEqual(pids);
});
