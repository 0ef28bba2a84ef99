import type { Request, Response } from 'express';
import { cartMiddleware, type CartRequest } from './cart-middleware';

const run = (req: Partial<Request & CartRequest>, get: (userToken: string) => Promise<never[]>) =>
  new Promise<unknown>((resolve) => cartMiddleware({ get })(req as Request & CartRequest, {} as Response, resolve));

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

  it('hands an error to next', async () => {
    const error = new Error('away');
    const req: CartRequest = { userToken: 'someone' };
    expect(await run(req as Partial<Request>, () => Promise.reject(error))).toBe(error);
    expect(req.cart).toBeUndefined();
  });
});
