import { findWrongLines, findWrongOrders, findWrongStock } from './compare';

const expected = {
  acknowledged: new Map([['mug', 2]]),
  possible: new Map([
    ['mug', 1],
    ['tea', 1],
  ]),
};

it.each([
  [[{ id: 'mug', quantity: 2 }], []],
  [
    [
      { id: 'mug', quantity: 3 },
      { id: 'tea', quantity: 1 },
    ],
    [],
  ],
  [[{ id: 'mug', quantity: 1 }], ['mug: 1 instead of 2 to 3']],
  [[{ id: 'mug', quantity: 4 }], ['mug: 4 instead of 2 to 3']],
  [[], ['mug: 0 instead of 2 to 3']],
  [
    [
      { id: 'mug', quantity: 2 },
      { id: 'cap', quantity: 1 },
    ],
    ['cap: 1 instead of 0'],
  ],
])('the lines %j are compared with what was acknowledged and what is possible', (lines, wrong) => {
  expect(findWrongLines(lines, expected)).toEqual(wrong);
});

const order = { id: 'o1', status: 'paid', lines: [{ id: 'mug', quantity: 2 }] };

it.each([
  ['no order', [], '0 paid orders'],
  ['two paid orders', [order, { ...order, id: 'o2' }], '2 paid orders'],
  ['an order that is not paid', [{ ...order, status: 'cancelled' }], '0 paid orders'],
  ['another order', [{ ...order, id: 'o2' }], 'the paid order is o2'],
  ['an order of other lines', [{ ...order, lines: [] }], 'mug: 0'],
])('a checkout with %s is wrong', (_, orders, wrong) => {
  expect(findWrongOrders(orders, order, expected).join()).toContain(wrong);
});

it('a checkout with its one paid order is right', () => {
  expect(findWrongOrders([order, { ...order, id: 'o2', status: 'declined' }], order, expected)).toEqual([]);
});

it('the stock is what was there less what was sold', () => {
  const before = new Map([
    ['mug', 10],
    ['tea', 5],
  ]);
  const sold = new Map([['mug', 3]]);
  expect(
    findWrongStock(
      before,
      sold,
      new Map([
        ['mug', 7],
        ['tea', 5],
      ]),
    ),
  ).toEqual([]);
  expect(findWrongStock(before, sold, new Map([['mug', 8]]))).toEqual([
    'stock of mug: 8 instead of 7',
    'stock of tea: undefined instead of 5',
  ]);
});
