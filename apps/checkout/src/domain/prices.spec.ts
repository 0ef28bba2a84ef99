import type { OrderLine } from '@badger-store/store-api';
import type { PricedItem } from './ports';
import { getTotals, priceLines, priceOrder, quoteItems } from './prices';

const line = (amount: number, currency = 'EUR', quantity = 1): OrderLine => ({
  id: 'mug',
  name: 'Mug',
  quantity,
  unitPrice: { amount, currency },
  lineTotal: { amount: amount * quantity, currency },
});
const amounts = (lines: readonly OrderLine[], rules: Parameters<typeof getTotals>[1]) => {
  const { subtotal, shipping, tax, total } = getTotals(lines, rules);
  return [subtotal.amount, shipping.amount, tax.amount, total.amount];
};

describe('what an order comes to', () => {
  it('is the sum of its lines where nothing is added', () => {
    expect(amounts([line(1999), line(15)], { shippingAmount: 0, taxBasisPoints: 0 })).toEqual([2014, 0, 0, 2014]);
  });

  it('has shipping, unless the lines come to enough', () => {
    const rules = { shippingAmount: 490, freeShippingFrom: 5000, taxBasisPoints: 0 };
    expect(amounts([line(4999)], rules)).toEqual([4999, 490, 0, 5489]);
    expect(amounts([line(5000)], rules)).toEqual([5000, 0, 0, 5000]);
  });

  it.each([
    [1000, 1900, 190],
    [1, 1900, 0],
    [3, 1900, 1],
    [50, 100, 1],
    [49, 100, 0],
    [10, 10_000, 10],
  ])('has tax on all of it, rounded half up once: %i at %i is %i', (amount, taxBasisPoints, tax) => {
    expect(amounts([line(amount)], { shippingAmount: 0, taxBasisPoints })[2]).toBe(tax);
  });

  it('has tax on shipping too', () => {
    expect(amounts([line(1000)], { shippingAmount: 500, taxBasisPoints: 1900 })).toEqual([1000, 500, 285, 1785]);
  });

  it('is in one currency, or refused with the currency of each line', () => {
    expect(() => getTotals([line(1), line(1, 'GBP')], { shippingAmount: 0, taxBasisPoints: 0 })).toThrow(
      expect.objectContaining({
        category: 'conflict',
        code: 'MIXED_CURRENCIES',
        extensions: {
          lines: [
            { id: 'mug', currency: 'EUR' },
            { id: 'mug', currency: 'GBP' },
          ],
        },
      }),
    );
  });

  const max = Number.MAX_SAFE_INTEGER;
  const none = { shippingAmount: 0, taxBasisPoints: 0 };

  it('is exact up to 2^53-1', () => {
    expect(amounts([line(9_000_000_000_000_000)], { shippingAmount: 0, taxBasisPoints: 1 })[2]).toBe(900_000_000_000);
    expect(amounts([line(max)], none)[3]).toBe(max);
    expect(amounts([line(max - 1), line(1)], none)[3]).toBe(max);
  });

  it.each([
    ['its lines', [line(max), line(1)], none],
    ['one line', [line(2 ** 31, 'EUR', 2 ** 23)], none],
    ['tax', [line(max)], { shippingAmount: 0, taxBasisPoints: 1 }],
    ['shipping', [line(max)], { shippingAmount: 1, taxBasisPoints: 0 }],
    [
      'a thousand lines of the largest size',
      Array.from({ length: 1000 }, () => line(2 ** 31 - 1, 'EUR', 1_000_000)),
      none,
    ],
  ])('is refused when %s make it larger, and the lines are named', (_what, lines, rules) => {
    expect(() => getTotals(lines, rules)).toThrow(
      expect.objectContaining({
        category: 'unprocessable',
        code: 'TOTAL_TOO_LARGE',
        extensions: { lines: lines.map(({ id, quantity, unitPrice }) => ({ id, quantity, unitPrice })) },
      }),
    );
  });
});

const item = (id: string, amount: number, available = 10, currency = 'EUR'): PricedItem => ({
  id,
  name: id.toUpperCase(),
  price: { amount, currency },
  available,
});

const shortCart = [
  { id: 'gone', quantity: 1 },
  { id: 'few', quantity: 3 },
  { id: 'plenty', quantity: 1 },
];
const partsWith = (...items: PricedItem[]) => ({
  priceList: { findMany: (ids: readonly string[]) => Promise.resolve(items.filter(({ id }) => ids.includes(id))) },
  totalRules: { shippingAmount: 490, taxBasisPoints: 0 },
});

describe('the price of a cart', () => {
  it('is the catalogue’s, in whole minor units, line by line in the order of the cart', () => {
    const cart = [
      { id: 'b', quantity: 3 },
      { id: 'a', quantity: 1 },
    ];
    const { lines } = priceLines(cart, [item('a', 1999), item('b', 5)]);
    expect(lines.map(({ id, name, lineTotal }) => [id, name, lineTotal.amount])).toEqual([
      ['b', 'B', 15],
      ['a', 'A', 1999],
    ]);
  });

  it('names every item that the catalogue does not have in that quantity', () => {
    const { lines, shortages } = priceLines(shortCart, [item('few', 1, 2), item('plenty', 1)]);
    expect(lines.map(({ id, quantity }) => [id, quantity])).toEqual([
      ['few', 3],
      ['plenty', 1],
    ]);
    expect(shortages).toEqual([
      { id: 'gone', requested: 1, available: 0 },
      { id: 'few', requested: 3, available: 2 },
    ]);
  });

  it.each([
    [-1, 'EUR'],
    [0.5, 'EUR'],
    [2 ** 53, 'EUR'],
    [1, 'eur'],
    [1, ''],
  ])('is refused with a price of %p %s, and every such line is named', (amount, currency) => {
    const cart = [
      { id: 'good', quantity: 1 },
      { id: 'odd', quantity: 1 },
    ];
    expect(() => priceLines(cart, [item('good', 0), item('odd', amount, 1, currency)])).toThrow(
      expect.objectContaining({
        category: 'conflict',
        code: 'INVALID_PRICE',
        extensions: { lines: [{ id: 'odd', price: { amount, currency } }] },
      }),
    );
  });
});

describe('a quote', () => {
  it('has the totals of the lines as they are in the cart, and names the shortages', async () => {
    const quote = await quoteItems(partsWith(item('few', 100, 2), item('plenty', 5)), shortCart);
    expect(quote.totals?.total).toEqual({ amount: 300 + 5 + 490, currency: 'EUR' });
    expect(quote.shortages.map(({ id }) => id)).toEqual(['gone', 'few']);
  });

  it.each([[[]], [[{ id: 'gone', quantity: 1 }]]])('has no totals where it has no lines: %j', async (cart) => {
    expect(await quoteItems(partsWith(), cart)).toMatchObject({ lines: [], totals: undefined });
  });
});

describe('an order', () => {
  it('is not priced when the catalogue has too few of an item', async () => {
    await expect(priceOrder(partsWith(item('few', 1, 2), item('plenty', 1)), shortCart)).rejects.toMatchObject({
      code: 'OUT_OF_STOCK',
      extensions: {
        lines: [
          { id: 'gone', requested: 1, available: 0 },
          { id: 'few', requested: 3, available: 2 },
        ],
      },
    });
  });

  it('is not priced when its total is not the one that the customer saw', async () => {
    const parts = partsWith(item('plenty', 5));
    const cart = [{ id: 'plenty', quantity: 1 }];
    await expect(priceOrder(parts, cart, { amount: 494, currency: 'EUR' })).rejects.toMatchObject({
      code: 'PRICE_CHANGED',
      extensions: { total: { amount: 495, currency: 'EUR' } },
    });
    expect((await priceOrder(parts, cart, { amount: 495, currency: 'EUR' })).lines).toHaveLength(1);
  });
});
