import { readCart } from './read-cart';

const fields = (...pairs: string[]) => pairs.join('\n');

it('reads lines in the order of their places when Redis returns them in another order', () => {
  const bookkeeping = ['', '12', '{', 'k3j-9'];
  const expected = {
    lines: [
      { id: 'a', quantity: 1 },
      { id: 'mug 1.5_~', quantity: 1000000, data: { note: 'a:b c' } },
      { id: '7', quantity: 12 },
    ],
    version: 'k3j-9.12',
  };
  const mug = ['mug%201.5_~', '1000000:3:{"note":"a:b c"}'];
  for (const text of [
    fields(...bookkeeping, 'a', '1:2', ...mug, '7', '12:11'),
    fields('7', '12:11', 'a', '1:2', ...bookkeeping, ...mug),
    fields(...mug, '7', '12:11', ...bookkeeping, 'a', '1:2'),
  ]) {
    expect(readCart(text)).toEqual(expected);
  }
});

it('reads the data of a cart', () => {
  expect(readCart(fields('{', 'v~3:{"a":":"}', '', '4'))).toEqual({ lines: [], data: { a: ':' }, version: 'v~3.4' });
});

it('reads no lines and version 0 when there is no cart', () => {
  expect(readCart('')).toEqual({ lines: [], version: '0' });
});
