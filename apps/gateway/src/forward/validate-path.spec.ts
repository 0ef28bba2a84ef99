import type { Request, Response } from 'express';
import { validatePath } from './validate-path';

const next = (path: string) =>
  new Promise<unknown>((resolve) => validatePath({ path } as Request, {} as Response, resolve));

describe('validatePath', () => {
  it.each(['/', '/Cart', '/Cart/Item/b-17', '/inventory/items/a_b~c.d/picture.svg', '/orders/..a', '/a/...'])(
    'the path %s is valid',
    async (path) => {
      expect(await next(path)).toBeUndefined();
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
  ])('the path %j is refused', async (path) => {
    expect(await next(path)).toMatchObject({ category: 'not-found', code: 'ROUTE_NOT_FOUND' });
  });

  it('a long path with a wrong last letter is refused in linear time', async () => {
    const startedAt = performance.now();
    expect(await next(`${'/a'.repeat(8000)}%`)).toMatchObject({ category: 'not-found' });
    expect(performance.now() - startedAt).toBeLessThan(500);
  });
});
