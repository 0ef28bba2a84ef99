import { validatePath } from './validate-path';

const refused = expect.objectContaining({ kind: 'not-found', code: 'NO_SUCH_ROUTE' });

describe('a path', () => {
  it.each(['/', '/Cart', '/Cart/Item/b-17', '/inventory/items/a_b~c.d/picture.svg', '/orders/..a', '/a/...'])(
    'like %s passes',
    (path) => {
      expect(() => validatePath(path)).not.toThrow();
    },
  );

  it.each([
    '//',
    '//Cart',
    '/Cart//Item',
    '/Cart//',
    '/Cart/',
    '/Cart;a=1',
    '/C%61rt',
    '/./Cart',
    '/..',
    '/Cart/..',
    '/Cart/../orders',
    '/Cart/.',
    '/%2e%2e/Cart',
    '/Cart/%2E%2E/orders',
    '/Cart/.%2e/orders',
    '/Cart%2FItem',
    '/Cart%2fItem',
    '/Cart%5cItem',
    '/Cart\\Item',
    '/Cart/..;/orders',
    '/Cart/%00',
    '/Cart\n',
    '/Cärt',
    'Cart',
    'http://store.example/Cart',
    '',
  ])('like %j is refused', (path) => {
    expect(() => validatePath(path)).toThrow(refused);
  });

  it('that is long and wrong in its last letter is refused in no time', () => {
    const startedAt = performance.now();
    expect(() => validatePath(`${'/a'.repeat(8000)}%`)).toThrow(refused);
    expect(performance.now() - startedAt).toBeLessThan(500);
  });
});
