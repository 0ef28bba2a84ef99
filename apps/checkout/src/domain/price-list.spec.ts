import { OutOfStockError } from './checkout-errors';
import { priceLines, type PricedItem } from './price-list';

const item = (id: string, amount: number, available = 10, currency = 'EUR'): PricedItem => ({
  id,
  name: id.toUpperCase(),
  price: { amount, currency },
  available,
});

describe('the price of a cart', () => {
  it('is the catalogue’s, in whole minor units, line by line in the order of the cart', () => {
    const cart = [
      { id: 'b', quantity: 3 },
      { id: 'a', quantity: 1 },
    ];
    const lines = priceLines(cart, [item('a', 1999), item('b', 5)]);
    expect(lines.map(({ id, name, lineTotal }) => [id, name, lineTotal.amount])).toEqual([
      ['b', 'B', 15],
      ['a', 'A', 1999],
    ]);
  });

  it('cannot be told for what is not there in that quantity; every such line is named', () => {
    const cart = [
      { id: 'gone', quantity: 1 },
      { id: 'few', quantity: 3 },
      { id: 'plenty', quantity: 1 },
    ];
    const price = () => priceLines(cart, [item('few', 1, 2), item('plenty', 1)]);
    expect(price).toThrow(OutOfStockError);
    expect(price).toThrow(
      expect.objectContaining({
        extensions: {
          lines: [
            { id: 'gone', requested: 1, available: 0 },
            { id: 'few', requested: 3, available: 2 },
          ],
        },
      }),
    );
  });

  it.each([
    [-1, 'EUR'],
    [0.5, 'EUR'],
    [2 ** 53, 'EUR'],
    [1, 'eur'],
    [1, ''],
  ])('cannot be told from a price of %p %s; every such line is named', (amount, currency) => {
    const cart = [
      { id: 'good', quantity: 1 },
      { id: 'odd', quantity: 1 },
    ];
    expect(() => priceLines(cart, [item('good', 0), item('odd', amount, 1, currency)])).toThrow(
      expect.objectContaining({
        ...{ kind: 'conflict', code: 'INVALID_PRICE' },
        extensions: { lines: [{ id: 'odd', price: { amount, currency } }] },
      }),
    );
  });
});
