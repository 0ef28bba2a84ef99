import {
  describeInBrowser,
  goToCheckout,
  openBrowser,
  pay,
  untilCartHas,
  untilThanked,
  type Visits,
} from '../support/browser';
import { openSharedShop } from '../support/shop';

describeInBrowser('a guest in a browser', () => {
  let visits: Visits;
  beforeAll(async () => {
    visits = await openBrowser(await openSharedShop());
  });
  afterAll(() => visits?.close());

  it('searches, adds, pays, is thanked, and finds the order again', async () => {
    const { page, errors } = await visits.visit();
    await page.getByRole('link', { name: 'See all goods' }).click();
    await page.getByRole('searchbox').pressSequentially('enamel mug');
    await page.getByRole('link', { name: 'Badger Enamel Mug' }).click();
    await page.getByRole('button', { name: 'One more Badger Enamel Mug' }).click();
    await page.getByRole('button', { name: 'Add to cart' }).click();
    await untilCartHas(page, 2);
    await goToCheckout(page);
    await page.getByText('2 × Badger Enamel Mug', { exact: true }).waitFor();
    await pay(page, 'Test card');
    await untilThanked(page);
    await untilCartHas(page, 0);
    await page.getByText('Paid', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'All your orders' }).click();
    await page.getByRole('link', { name: /2 × Badger Enamel Mug/ }).click();
    await page.getByText('€29.00').first().waitFor();
    expect(errors).toEqual([]);
  });
});
