import type { Stack } from '@badger-store/stack';
import { addButton, describeInBrowser, openBrowser, openCart, untilCartHas, type Visits } from '../support/browser';
import { openShop } from '../support/shop';

const mug = 'Badger Enamel Mug';
const password = 'four badgers in a sett';

describeInBrowser('a session in browsers', () => {
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

  /** A browser that is signed in to a new account. */
  async function register(email: string) {
    const visitor = await visits.visit('/account/sign-up');
    await visitor.page.getByLabel('E-mail').fill(email);
    await visitor.page.getByLabel('Password').fill(password);
    await visitor.page.getByRole('button', { name: 'Create an account' }).click();
    await visitor.page.getByText(`You are signed in as ${email}.`).waitFor();
    return visitor;
  }

  it('is the same in all tabs, and ends in all tabs', async () => {
    const { page, openTab } = await register('tabs@store.example');
    const other = await openTab('/account');
    await other.getByText('You are signed in as tabs@store.example.').waitFor();
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await other.getByText('You are a guest.').waitFor();
  });

  it('that ends on another device says so, and the catalogue goes on', async () => {
    const { page } = await register('devices@store.example');
    await page.goto('/shop');
    const other = await visits.visit('/account/sign-in');
    await other.page.getByLabel('E-mail').fill('devices@store.example');
    await other.page.getByLabel('Password').fill(password);
    await other.page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await other.page.getByRole('button', { name: 'Sign out everywhere' }).click();
    await other.page.getByText('You are a guest.').waitFor();
    await addButton(page, mug).click();
    await page.getByText('You were signed out on another device.').waitFor();
    await untilCartHas(page, 1);
  });

  it('shows one cart on two devices', async () => {
    const { page } = await register('two@store.example');
    await page.goto('/shop');
    await addButton(page, mug).click();
    const other = await visits.visit('/account/sign-in');
    await other.page.getByLabel('E-mail').fill('two@store.example');
    await other.page.getByLabel('Password').fill(password);
    await other.page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await untilCartHas(other.page, 1);
  });

  it('changes its password, and refuses the old one', async () => {
    const { page } = await register('password@store.example');
    await page.getByLabel('Current password').fill('this is not the one');
    await page.getByLabel('New password').fill('five badgers in a sett');
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByText('The current password is wrong.').waitFor();
    await page.getByLabel('Current password').fill(password);
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByText('Your other sessions were ended.').waitFor();
  });

  it('deletes its account with the right password alone, in all tabs', async () => {
    const { page, openTab } = await register('leaver@store.example');
    const other = await openTab('/account');
    await other.getByText('You are signed in as leaver@store.example.').waitFor();
    await page.getByLabel('Your password').fill('this is not the one');
    await page.getByRole('button', { name: 'Delete the account' }).click();
    await page.getByText('The password is wrong.').waitFor();
    await page.getByLabel('Your password').fill(password);
    await page.getByRole('button', { name: 'Delete the account' }).click();
    await page.getByText('You are a guest.').waitFor();
    await other.getByText('You are a guest.').waitFor();
    await page.goto('/account/sign-in');
    await page.getByLabel('E-mail').fill('leaver@store.example');
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('alert').waitFor();
  });

  it('keeps what is added offline until the browser is online again', async () => {
    const { page } = await visits.visit('/shop');
    await addButton(page, mug).click();
    await untilCartHas(page, 1);
    await page.context().setOffline(true);
    await page.getByText('You are offline.').waitFor();
    await addButton(page, mug).click();
    await untilCartHas(page, 2);
    await page.context().setOffline(false);
    await openCart(page);
    await page.getByText('Shipping and tax are shown at checkout.').waitFor();
    await page.reload();
    await untilCartHas(page, 2);
  });
});

describeInBrowser('the catalogue in a browser', () => {
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

  it('keeps search, category, sort and pages over reload and Back', async () => {
    const { page } = await visits.visit('/shop');
    const cards = page.locator('.card:not(.is-loading)');
    const untilCards = async (count: number) => {
      await cards.nth(count - 1).waitFor();
      expect(await cards.count()).toBe(count);
    };
    await untilCards(12);
    await page.getByRole('button', { name: 'Show more' }).click();
    await untilCards(24);
    await page.reload();
    await untilCards(24);
    await cards.nth(20).getByRole('link').click();
    await page.getByRole('button', { name: 'Add to cart' }).waitFor();
    await page.goBack();
    await untilCards(24);

    await page.getByRole('link', { name: 'Toys', exact: true }).click();
    await page.getByRole('combobox', { name: 'Sort by' }).selectOption('Price, low to high');
    await cards.first().getByText('Who Dug That? Card Game').waitFor();
    await page.reload();
    await cards.first().getByText('Who Dug That? Card Game').waitFor();
    await page.goBack();
    await page.goBack();
    await untilCards(24);
  });

  it('refuses to add what has sold out meanwhile, and says so', async () => {
    const { page } = await visits.visit('/shop/items/sett-black-ink');
    await page.getByRole('button', { name: 'Add to cart' }).waitFor();
    await page.route('**/Cart/Item', async (route) => {
      const body = JSON.stringify({
        type: 'about:blank',
        title: 'Conflict',
        status: 409,
        detail: 'Sold out.',
        code: 'OUT_OF_STOCK',
      });
      await route.fulfill({ status: 409, contentType: 'application/problem+json', body });
    });
    await page.getByRole('button', { name: 'Add to cart' }).click();
    await openCart(page);
    await page.getByText('Sett Black Ink is sold out and was not added.').waitFor();
    await untilCartHas(page, 0);
  });
});
