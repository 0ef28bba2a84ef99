import type { Stack } from '@badger-store/stack';
import type { Page } from 'playwright-core';
import {
  addButton,
  describeInBrowser,
  goToCheckout,
  openBrowser,
  pay,
  untilCartHas,
  untilThanked,
  type Visits,
} from '../support/browser';
import { openShop } from '../support/shop';
import { openBooks, type Books } from '../support/books';

const mug = 'Badger Enamel Mug';

describeInBrowser('paying in a browser', () => {
  let shop: Stack;
  let visits: Visits;
  let books: Books;
  beforeAll(async () => {
    shop = await openShop({ PAYMENT_DEADLINE_SECONDS: '4', CHECKOUT_LEASE_SECONDS: '5' });
    visits = await openBrowser(shop);
    books = openBooks(`postgres://postgres:postgres@127.0.0.1:${shop.ports.postgres}/badger_store`);
  });
  afterAll(async () => {
    await books?.close();
    await visits?.close();
    await shop?.stop();
  });

  async function fill(page: Page): Promise<void> {
    await addButton(page, mug).click();
    await untilCartHas(page, 1);
    await goToCheckout(page);
  }

  const paidOrders = async () => (await books.of('badger-enamel-mug')).paidOrders;

  it('is declined without a change of the cart, and then paid another way', async () => {
    const { page, errors } = await visits.visit('/shop');
    await fill(page);
    await pay(page, 'Declined test card');
    await page.getByText('The payment was declined.').waitFor();
    await untilCartHas(page, 1);
    await pay(page, 'Test card');
    await untilThanked(page);
    await untilCartHas(page, 0);
    expect(errors).toEqual([]);
  });

  it('is paid once by a double click', async () => {
    const before = await paidOrders();
    const { page } = await visits.visit('/shop');
    await fill(page);
    await page.getByRole('button', { name: /^Pay €/ }).dblclick();
    await untilThanked(page);
    expect(await paidOrders()).toBe(before + 1);
  });

  it('waits while the outcome is unknown, asks again, and tells the end', async () => {
    const before = await paidOrders();
    const { page } = await visits.visit('/shop');
    await fill(page);
    await pay(page, 'Test card without a response');
    await page.getByRole('heading', { name: 'Waiting for the outcome' }).waitFor();
    await untilThanked(page, 90_000);
    expect(await paidOrders()).toBe(before + 1);
  });

  it('goes on with a payment that a reload interrupted, and pays once', async () => {
    const before = await paidOrders();
    const { page } = await visits.visit('/shop');
    await fill(page);
    await page.reload();
    await pay(page, 'Slow test card');
    await page.getByRole('heading', { name: 'Paying …' }).waitFor();
    await page.reload();
    await untilThanked(page);
    await page.reload();
    await page.getByText('Paid', { exact: true }).waitFor();
    await untilCartHas(page, 0);
    expect(await paidOrders()).toBe(before + 1);
  });

  it('says that another customer was faster, and offers the remaining stock', async () => {
    const { page } = await visits.visit('/shop/items/two-badger-tent');
    await page.getByRole('button', { name: 'One more Two-Badger Tent' }).click();
    await page.getByRole('button', { name: 'Add to cart' }).click();
    await untilCartHas(page, 2);
    await goToCheckout(page);
    await page.getByText('2 × Two-Badger Tent', { exact: true }).waitFor();
    await books.setStock('two-badger-tent', 1);
    await pay(page, 'Test card');
    await page.getByText('Not enough in stock.').waitFor();
    await page.getByRole('button', { name: 'Take 1' }).click();
    await pay(page, 'Test card');
    await untilThanked(page);
  });

  it('shows the new total when a price changed, and charges it only after another click', async () => {
    const { page } = await visits.visit('/shop/items/clan-supper-plates');
    await page.getByRole('button', { name: 'Add to cart' }).click();
    await untilCartHas(page, 1);
    await goToCheckout(page);
    await page.getByRole('button', { name: 'Pay €58.00' }).waitFor();
    await books.setPrice('clan-supper-plates', 6100);
    await pay(page, 'Test card');
    await page.getByText('The total changed.').waitFor();
    await page.getByRole('button', { name: 'Pay €61.00' }).click();
    await untilThanked(page);
  });

  it('works with the keyboard alone', async () => {
    const { page, errors } = await visits.visit('/shop');
    const press = async (key: string, times = 1) => {
      for (let n = 0; n < times; n += 1) await page.keyboard.press(key);
    };
    const focused = () =>
      page.evaluate<string>("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent");
    const tabTo = async (name: RegExp) => {
      for (let n = 0; n < 80; n += 1) {
        await press('Tab');
        if (name.test(await focused())) return;
      }
      throw new Error(`Tab leads to no ${name}`);
    };
    await addButton(page, mug).waitFor();
    await press('Tab');
    expect(await focused()).toBe('Skip to content');
    await press('Enter');
    await tabTo(/^Add Badger Enamel Mug to cart$/);
    await press('Enter');
    await untilCartHas(page, 1);
    await page.getByRole('button', { name: /^Cart 1/ }).focus();
    await press('Enter');
    await tabTo(/^One more Badger Enamel Mug$/);
    await press('Enter');
    await press('Escape');
    await untilCartHas(page, 2);
    expect(await focused()).toMatch(/^Cart/);
    await press('Enter');
    await tabTo(/^Check out$/);
    await press('Enter');
    await page.getByRole('heading', { name: 'Checkout' }).waitFor();
    await page.getByRole('button', { name: 'Pay €29.00' }).waitFor();
    await tabTo(/^Pay €29.00$/);
    await press('Enter');
    await untilThanked(page);
    expect(errors).toEqual([]);
  });
});
