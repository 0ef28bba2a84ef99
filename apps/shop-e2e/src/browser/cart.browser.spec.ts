import { startRedisServer, type RedisServer } from '@badger-store/redis-kit/testing';
import type { Stack } from '@badger-store/stack';
import { freePort } from '@badger-store/test-kit';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  addButton,
  describeInBrowser,
  openBrowser,
  openCart,
  untilCartHas,
  type Visitor,
  type Visits,
} from '../support/browser';
import { newGuest } from '../support/customer';
import { openShop } from '../support/shop';

const mug = 'Badger Enamel Mug';

describeInBrowser('the cart in a browser', () => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'browser-redis-'));
  let redis: RedisServer;
  let shop: Stack;
  let visits: Visits;
  beforeAll(async () => {
    redis = await startRedisServer({ port: await freePort(), dataFolder });
    shop = await openShop({}, { redisUrl: redis.url });
    visits = await openBrowser(shop);
  });
  afterAll(async () => {
    await visits?.close();
    await shop?.stop();
    await redis?.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  });

  /** The cart in the store, which the page may not show yet. */
  const readCart = ({ page }: Pick<Visitor, 'page'>) =>
    page.evaluate(async () => {
      const refreshed = await fetch('/auth/refresh', { method: 'POST' });
      const { userToken } = (await refreshed.json()) as { userToken: string };
      const response = await fetch('/Cart', { headers: { authorization: `Bearer ${userToken}` } });
      return ((await response.json()) as { cart: { id: string; quantity: number }[] }).cart;
    });

  it('loses no add when two tabs add at once, also as the first thing they do', async () => {
    const visitor = await visits.visit('/shop');
    const tabs = [visitor.page, await visitor.openTab('/shop')];
    await Promise.all(
      tabs.map(async (tab) => {
        for (let n = 0; n < 5; n += 1) await addButton(tab, mug).click();
      }),
    );
    for (const tab of tabs) await untilCartHas(tab, 10);
    expect(await readCart(visitor)).toEqual([{ id: 'badger-enamel-mug', quantity: 10 }]);
    expect(visitor.errors).toEqual([]);
  });

  it('adds once when the response is lost and the add is sent again under its key', async () => {
    const visitor = await visits.visit('/shop');
    const { page } = visitor;
    await page.getByRole('button', { name: 'Under the hood' }).click();
    await page.getByRole('button', { name: 'Lose the next response' }).click();
    await addButton(page, mug).click();
    await untilCartHas(page, 1);
    await page.getByRole('row', { name: /POST \/Cart\/Item.*attempt 2.*201/ }).waitFor();
    await page.getByRole('row', { name: /POST \/Cart\/Item.*201, lost/ }).waitFor();
    expect(await readCart(visitor)).toEqual([{ id: 'badger-enamel-mug', quantity: 1 }]);
  });

  it('takes one off once when the response to that is lost', async () => {
    const visitor = await visits.visit('/shop');
    const { page } = visitor;
    await addButton(page, mug).click({ clickCount: 3 });
    await untilCartHas(page, 3);
    await page.getByRole('button', { name: 'Under the hood' }).click();
    await page.getByRole('button', { name: 'Lose the next response' }).click();
    await openCart(page);
    await page.getByRole('button', { name: `One ${mug} fewer` }).click();
    await page.getByText('Shipping and tax are shown at checkout.').waitFor();
    expect(await readCart(visitor)).toEqual([{ id: 'badger-enamel-mug', quantity: 2 }]);
  });

  it('sends an add that a reload interrupted, once', async () => {
    const visitor = await visits.visit('/shop');
    const { page } = visitor;
    await addButton(page, mug).click();
    await untilCartHas(page, 1);
    for (let n = 2; n <= 4; n += 1) {
      await addButton(page, mug).click();
      await page.reload();
      await untilCartHas(page, n);
    }
    await page.reload();
    await untilCartHas(page, 4);
    expect(await readCart(visitor)).toEqual([{ id: 'badger-enamel-mug', quantity: 4 }]);
  });

  it('shows what a limit refused, and goes back to what the store has', async () => {
    const { page } = await visits.visit('/shop/items/badger-enamel-mug');
    // The page shows an add before the store has responded, and so before there is a session to refresh.
    const isAdded = page.waitForResponse((response) => response.url().endsWith('/Cart/Item') && response.ok());
    await page.getByRole('button', { name: 'Add to cart' }).click();
    await isAdded;
    await page.evaluate(async () => {
      const { userToken } = (await (await fetch('/auth/refresh', { method: 'POST' })).json()) as { userToken: string };
      await fetch('/Cart/Item/badger-enamel-mug', {
        method: 'PATCH',
        headers: { authorization: `Bearer ${userToken}`, 'content-type': 'application/json' },
        body: '{"quantity":999}',
      });
    });
    await page.getByRole('button', { name: 'Add to cart' }).click();
    await openCart(page);
    await page.getByText(/at most/).waitFor();
    await page.getByLabel(`999 of ${mug}`).waitFor();
  });

  it('keeps an add while Redis is stopped, and makes it when Redis is back; the catalogue goes on', async () => {
    const visitor = await visits.visit('/shop');
    const { page } = visitor;
    await addButton(page, mug).click();
    await untilCartHas(page, 1);
    const { port } = redis;
    await redis.stop();
    try {
      await addButton(page, mug).click();
      await untilCartHas(page, 2);
      await openCart(page);
      await page.getByText('The cart is unavailable at the moment.').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('link', { name: 'Books', exact: true }).click();
      await addButton(page, 'Tracks After Dark').waitFor();
    } finally {
      redis = await startRedisServer({ port, dataFolder });
    }
    await openCart(page);
    await page.getByText('Shipping and tax are shown at checkout.').waitFor({ timeout: 30_000 });
    await expect(readCart(visitor)).resolves.toEqual([{ id: 'badger-enamel-mug', quantity: 2 }]);
    expect(visitor.errors).toEqual([]);
  });

  it('moves to the account when a guest signs in, and names the lines that did not fit', async () => {
    const credentials = { email: 'clamped@store.example', password: 'four badgers in a sett' };
    const earlier = await newGuest(visits.url);
    await earlier.add('badger-enamel-mug', 998);
    await earlier.add('sett-stoneware-teapot', 1);
    await earlier.send('POST', '/auth/register', credentials, { origin: visits.url });

    const { page, errors } = await visits.visit('/shop');
    await addButton(page, mug).click({ clickCount: 3 });
    await addButton(page, 'A Year of Nights').click();
    await untilCartHas(page, 4);
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Account' }).waitFor();
    await page.getByRole('link', { name: 'Sign in' }).last().click();
    await page.getByLabel('E-mail').fill(credentials.email);
    await page.getByLabel('Password').fill(credentials.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText(/Your cart and your orders came with you/).waitFor();
    await page.getByText(/Badger Enamel Mug: 1001 together, and the cart holds 999/).waitFor();
    await untilCartHas(page, 1001);
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await untilCartHas(page, 0);
    expect(errors).toEqual([]);
  });
});
