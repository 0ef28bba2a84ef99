import type { Request, Response } from 'express';
import { cartMiddleware, type CartMiddlewareOptions, type CartRequest, type LazyCartRequest } from './cart-middleware';

const run = (
  req: Partial<Request & CartRequest>,
  get: (userToken: string) => Promise<never[]>,
  options?: CartMiddlewareOptions,
) =>
  new Promise<unknown>((resolve) =>
    cartMiddleware({ get }, options)(req as Request & CartRequest, {} as Response, resolve),
  );

const unavailable = Object.assign(new Error('unavailable'), { category: 'unavailable' });

describe('the cart middleware', () => {
  it('puts the cart of req.userToken on req.cart', async () => {
    const req: CartRequest = { userToken: 'someone' };
    const get = jest.fn(() => Promise.resolve([]));
    expect(await run(req as Partial<Request>, get)).toBeUndefined();
    expect(get).toHaveBeenCalledWith('someone');
    expect(req.cart).toEqual([]);
  });

  it('does nothing without a token', async () => {
    const req: CartRequest = {};
    const get = jest.fn(() => Promise.resolve([]));
    expect(await run(req as Partial<Request>, get)).toBeUndefined();
    expect(get).not.toHaveBeenCalled();
    expect(req).toEqual({});
  });

  it('passes an error to next', async () => {
    const error = new Error('a failure');
    const req: CartRequest = { userToken: 'someone' };
    expect(await run(req as Partial<Request>, () => Promise.reject(error))).toBe(error);
    expect(req.cart).toBeUndefined();
  });

  it('continues with an empty cart when the cart is unavailable and onUnavailable is empty', async () => {
    const req: CartRequest = { userToken: 'someone' };
    expect(
      await run(req as Partial<Request>, () => Promise.reject(unavailable), { onUnavailable: 'empty' }),
    ).toBeUndefined();
    expect(req.cart).toEqual([]);
    const defect = new Error('a defect');
    expect(await run(req as Partial<Request>, () => Promise.reject(defect), { onUnavailable: 'empty' })).toBe(defect);
  });
});

describe('the lazy cart middleware', () => {
  it('reads the cart when a route asks for it, and once', async () => {
    const req: LazyCartRequest = { userToken: 'someone' };
    const get = jest.fn(() => Promise.resolve([]));
    await run(req as Partial<Request>, get, { lazy: true });
    expect(get).not.toHaveBeenCalled();
    expect(await Promise.all([req.loadCart?.(), req.loadCart?.()])).toEqual([[], []]);
    expect(get).toHaveBeenCalledTimes(1);
    expect(req.cart).toEqual([]);
  });

  it('has an empty cart without a token, and lets the route see an error', async () => {
    const anonymous: LazyCartRequest = {};
    const get = jest.fn(() => Promise.reject(unavailable));
    await run(anonymous as Partial<Request>, get, { lazy: true });
    expect(await anonymous.loadCart?.()).toEqual([]);
    const someone: LazyCartRequest = { userToken: 'someone' };
    await run(someone as Partial<Request>, get, { lazy: true });
    await expect(someone.loadCart?.()).rejects.toBe(unavailable);
  });
});

const carts = { get: () => Promise.resolve([]) };

it.each([
  ['carts', undefined, {}],
  ['carts', {}, {}],
  ['cartId', carts, { cartId: 'user' }],
  ['onUnavailable', carts, { onUnavailable: 'ignore' }],
  ['lazy', carts, { lazy: 'yes' }],
])('a wrong option is named: %s', (option, wrongCarts, options) => {
  expect(() => cartMiddleware(wrongCarts as never, options as never)).toThrow(
    expect.objectContaining({ option, code: 'INVALID_OPTION' }),
  );
});
