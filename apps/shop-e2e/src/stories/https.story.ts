import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { stressOnly } from '@badger-store/test-kit';
import { newGuest } from '../support/customer';
import { openEncryptedShop, type EncryptedShop } from '../support/encrypted-shop';
import { startSteadyLoad } from '../support/steady-load';

const mug = 'badger-enamel-mug';

let shop: EncryptedShop;
beforeAll(async () => {
  shop = await openEncryptedShop();
}, 120_000);

/** The servers whose certificates a service measures. */
async function getMeasured(service: string): Promise<string[]> {
  const text = await (await fetch(`${service}/metrics`)).text();
  return [...text.matchAll(/^tls_certificate_expiry_timestamp_seconds\{server="(\w+)"\} \d/gm)]
    .map(([, name = '']) => name)
    .sort();
}

it('a customer buys in a store whose services call each other over HTTPS, and each service measures the certificates', async () => {
  const customer = await newGuest(shop.url);
  expect((await customer.add(mug)).status).toBe(201);
  expect((await customer.pay('approve')).status).toBe(200);
  const { gateway, inventory, checkout } = shop.serviceUrls;
  expect(await getMeasured(gateway)).toEqual(['checkout', 'gateway', 'inventory']);
  expect(await getMeasured(inventory)).toEqual(['gateway', 'inventory']);
  expect(await getMeasured(checkout)).toEqual(['checkout', 'gateway', 'inventory']);
});

// Beside other tests on two cores, handshakes exceed their time limit.
stressOnly('no request fails while all services take a certificate of another authority', async () => {
  const customer = await newGuest(shop.url);
  await customer.add(mug);
  const headers = { authorization: `Bearer ${customer.token}` };
  const json = { ...headers, 'content-type': 'application/json' };
  const load = startSteadyLoad(shop.url, { perSecond: 50, connections: 20 }, [
    { method: 'GET', path: '/Cart', headers },
    { method: 'PATCH', path: `/Cart/Item/${mug}`, headers: json, body: '{"quantity":3}' },
    { method: 'GET', path: '/orders', headers },
  ]);
  const { old, next } = shop.certificates;
  await writeFile(shop.caFile, `${await readFile(old.caFile, 'utf8')}${await readFile(next.caFile, 'utf8')}`);
  await sleep(2000);
  await shop.use(next);
  await sleep(2000);
  await copyFile(next.caFile, shop.caFile);
  await sleep(2000);
  const { requests, failures } = await load.stop();
  expect(failures).toEqual({});
  expect(requests).toBeGreaterThan(200);
  const late = await newGuest(shop.url);
  await late.add(mug);
  expect((await late.pay('approve')).status).toBe(200);
  return { requests, failed: Object.keys(failures).length };
});
