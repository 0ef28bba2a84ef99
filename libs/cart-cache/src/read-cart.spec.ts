import { readCart } from './read-cart';

it('reads lines in the order of their places, however Redis has them', () => {
  const bookkeeping = '#next 12 #born k3j-9 #settled 2f1c';
  const expected = [
    { id: 'a', quantity: 1 },
    { id: 'mug-1.5_~', quantity: 1000000 },
    { id: '7', quantity: 12 },
  ];
  for (const text of [
    `${bookkeeping} a 1:2 mug-1.5_~ 1000000:3 7 12:11`,
    `7 12:11 a 1:2 ${bookkeeping} mug-1.5_~ 1000000:3`,
    `mug-1.5_~ 1000000:3 7 12:11 ${bookkeeping} a 1:2`,
  ]) {
    expect(readCart(text)).toEqual(expected);
  }
});

it('reads values that are empty, wherever they stand', () => {
  expect(readCart('#next 1 #born x #settled  a 3:1')).toEqual([{ id: 'a', quantity: 3 }]);
  expect(readCart('a 3:1 #next 1 #born x #settled ')).toEqual([{ id: 'a', quantity: 3 }]);
});

it('of no cart there are no lines', () => {
  expect(readCart('')).toEqual([]);
});
