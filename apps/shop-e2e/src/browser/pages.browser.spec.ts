import { readFileSync } from 'node:fs';
import type { Stack } from '@badger-store/stack';
import type { Page } from 'playwright-core';
import {
  addButton,
  describeInBrowser,
  openBrowser,
  openCart,
  pay,
  takeScreenshot,
  untilCartHas,
  untilThanked,
  type Visits,
} from '../support/browser';
import { openShop } from '../support/shop';

const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly string[] }[];
}

/** What axe finds, as `rule: element`. */
async function findViolations(page: Page): Promise<string[]> {
  // Text that still fades in has another contrast.
  await page.evaluate('Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => 0)))');
  await page.evaluate(axe);
  const options = JSON.stringify({ runOnly: rules, resultTypes: ['violations'] });
  const violations = await page.evaluate<Violation[]>(
    `axe.run(document, ${options}).then((found) => found.violations)`,
  );
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}

const phone = { width: 320, height: 640 };
const desktop = { width: 1280, height: 800 };

describeInBrowser.each([
  ['light', phone],
  ['dark', phone],
  ['light', desktop],
  ['dark', desktop],
] as const)('each page, %s, on %j', (colorScheme, viewport) => {
  let shop: Stack;
  let visits: Visits;
  let page: Page;
  beforeAll(async () => {
    shop = await openShop();
    visits = await openBrowser(shop);
    ({ page } = await visits.visit('/', { colorScheme, viewport, reducedMotion: 'reduce' }));
    await page.locator('.card-name').first().waitFor({ state: 'attached' });
  });
  afterAll(async () => {
    await visits?.close();
    await shop?.stop();
  });

  const suffix = `${viewport === phone ? 'phone' : 'desktop'}-${colorScheme}`;

  /** Looks at a page in the state that it is in. */
  async function check(name: string): Promise<void> {
    await page.waitForLoadState('networkidle');
    await takeScreenshot(page, `${name}-${suffix}`);
    expect([name, await findViolations(page)]).toEqual([name, []]);
    const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    expect([name, overflow]).toEqual([name, 0]);
  }

  const open = async (path: string, heading: string) => {
    await page.goto(path);
    await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
  };

  it('has nothing that axe finds, and fits, before something is bought', async () => {
    await check('start');
    await open('/shop', 'All goods');
    await addButton(page, 'Badger Enamel Mug').waitFor();
    await check('catalogue');
    await open('/shop?search=honey', 'All goods');
    await page.getByText('Nothing found').waitFor();
    await check('nothing-found');
    await open('/shop/items/badger-enamel-mug', 'Badger Enamel Mug');
    await check('item');
    await open('/shop/items/long-claw-mittens', 'Long-Claw Mittens');
    await check('sold-out');
    await openCart(page);
    await page.getByText('Nothing in here yet.').waitFor();
    await check('cart-empty');
    await open('/shop/checkout', 'Checkout');
    await check('checkout-empty');
    await open('/shop/items/no-such-item', 'Page not found');
    await check('not-found');
    await page.goto('/nowhere');
    await check('404');
  });

  it('has nothing that axe finds, and fits, while something is bought', async () => {
    await open('/shop/items/badger-enamel-mug', 'Badger Enamel Mug');
    await page.getByRole('button', { name: 'Add to cart' }).click();
    await untilCartHas(page, 1);
    await openCart(page);
    await page.getByText('€14.50').last().waitFor();
    await check('cart');
    await open('/shop/checkout', 'Checkout');
    await page.getByRole('button', { name: 'Pay €14.50' }).waitFor();
    await check('checkout');
    await pay(page, 'Declined test card');
    await page.getByText('The payment was declined.').waitFor();
    await check('declined');
    await page.getByRole('button', { name: 'Under the hood' }).click();
    await page.getByRole('row', { name: /402/ }).waitFor();
    await check('under-the-hood');
    await page.getByRole('button', { name: 'Close Under the hood' }).click();
    await pay(page, 'Slow test card');
    await page.getByRole('heading', { name: 'Paying …' }).waitFor();
    expect(await findViolations(page)).toEqual([]);
    await takeScreenshot(page, `paying-${suffix}`);
    await untilThanked(page);
    await check('thanks');
  });

  it('has nothing that axe finds, and fits, where the account is', async () => {
    await open('/account/orders', 'Your orders');
    await page.getByRole('link', { name: /1 × Badger Enamel Mug/ }).waitFor();
    await check('orders');
    await open('/account', 'Account');
    await check('account-of-guest');
    await open('/account/sign-in', 'Sign in');
    await page.getByLabel('E-mail').fill('unknown@store.example');
    await page.getByLabel('Password').fill('this is not the one');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('The e-mail or the password is wrong.').waitFor();
    await check('sign-in');
    await open('/account/sign-up', 'Create an account');
    await page.getByLabel('E-mail').fill('brock@store.example');
    await page.getByLabel('Password').fill('four badgers in a sett');
    await page.getByRole('button', { name: 'Create an account' }).click();
    await page.getByText('You are signed in as').waitFor();
    await check('account');
  });
});

describeInBrowser('the first load', () => {
  let shop: Stack;
  let visits: Visits;
  beforeAll(async () => {
    shop = await openShop();
    visits = await openBrowser(shop);
  });
  afterAll(async () => {
    await visits?.close();
    await shop?.stop();
  });

  it('of the start page keeps to its budgets of bytes and requests, and asks no other host', async () => {
    const { page } = await visits.visit('/docs');
    const loads: { url: string; type: string; bytes: number }[] = [];
    page.on('requestfinished', (request) => {
      const load = { url: request.url(), type: request.resourceType(), bytes: 0 };
      loads.push(load);
      void request.sizes().then(({ responseBodySize }) => (load.bytes = responseBodySize));
    });
    await page.goto('/');
    await page.locator('.card-name').first().waitFor({ state: 'attached' });
    await page.waitForLoadState('networkidle');

    const getBytes = (...types: string[]) =>
      loads.filter(({ type }) => types.includes(type)).reduce((sum, { bytes }) => sum + bytes, 0);
    expect(getBytes('script')).toBeGreaterThan(50_000);
    expect(getBytes('script')).toBeLessThanOrEqual(110_000);
    expect(getBytes('stylesheet')).toBeLessThanOrEqual(10_000);
    expect(getBytes('document', 'script', 'stylesheet', 'font')).toBeLessThanOrEqual(160_000);
    expect(loads.filter(({ type }) => type === 'fetch').length).toBeLessThanOrEqual(3);
    expect(loads.length).toBeLessThanOrEqual(25);
    expect(loads.filter(({ url }) => !url.startsWith(visits.url))).toEqual([]);
  });

  it('of another page takes no script and no style a second time', async () => {
    const { page } = await visits.visit();
    const again: string[] = [];
    page.on('response', async (response) => {
      const { encodedBodySize = 0 } = { encodedBodySize: (await response.request().sizes()).responseBodySize };
      if (response.url().includes('/assets/index') && encodedBodySize > 0) again.push(response.url());
    });
    await page.goto('/shop');
    await page.waitForLoadState('networkidle');
    expect(again).toEqual([]);
  });
});
