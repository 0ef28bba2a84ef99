import { InvalidOptionError } from '@badger-store/redis-kit';
import type { NextFunction, Request, Response } from 'express';
import type { Carts, CartLine } from './carts';

/** What the middleware reads from a request and puts on it. */
export interface CartRequest {
  /** Set by the authentication that runs before. It names the cart unless the option `cartId` is set. */
  userToken?: string | undefined;
  /** The lines of the cart; empty when there is no cart. */
  cart?: CartLine[];
}

/** What the middleware with `lazy: true` puts on a request. */
export interface LazyCartRequest extends CartRequest {
  /** Reads the cart once a request, and also puts it on `cart`. Resolves to `[]` without a cart id. */
  loadCart?: () => Promise<CartLine[]>;
}

export interface CartMiddlewareOptions {
  /** Returns the id of the request's cart, or `undefined` when the request has none. Default: `req.userToken`. */
  readonly cartId?: ((req: Request & CartRequest) => string | undefined) | undefined;
  /**
   * What happens when Redis is unavailable: `reject` passes the error to `next`; `empty` continues with an empty cart. Never use `empty`
   * before a route that pays for the cart or writes it back. Default `reject`.
   */
  readonly onUnavailable?: 'reject' | 'empty' | undefined;
  /** Reads the cart only when a route calls `await req.loadCart()`, for routes that only change it. Default `false`. */
  readonly lazy?: boolean | undefined;
}

/**
 * Express middleware between authentication and the routes: reads the cart of a request and puts its lines on `req.cart`. Without a
 * cart id it calls `next()` and reads nothing. An error goes to `next(error)`.
 *
 * @example
 * app.get('/cart', cartMiddleware(carts, { cartId: (req) => req.session.userId }), (req, res) => {
 *   res.json(req.cart);
 * });
 */
export function cartMiddleware(carts: Pick<Carts, 'get'>, options: CartMiddlewareOptions = {}) {
  const { cartId: getCartId = (req) => req.userToken, onUnavailable = 'reject', lazy = false } = options;
  if (typeof carts?.get !== 'function') throw new InvalidOptionError('carts', 'must be carts of createCarts');
  if (typeof getCartId !== 'function') throw new InvalidOptionError('cartId', 'must be a function of the request');
  if (!['reject', 'empty'].includes(onUnavailable)) {
    throw new InvalidOptionError('onUnavailable', "must be 'reject' or 'empty'");
  }
  if (typeof lazy !== 'boolean') throw new InvalidOptionError('lazy', 'must be true or false');

  const read = async (cartId: string): Promise<CartLine[]> => {
    try {
      return await carts.get(cartId);
    } catch (error) {
      if (onUnavailable === 'empty' && isUnavailable(error)) return [];
      throw error;
    }
  };

  return (req: Request & LazyCartRequest, _res: Response, next: NextFunction): void => {
    const cartId = getCartId(req);
    if (lazy) {
      let reading: Promise<CartLine[]> | undefined;
      req.loadCart = async () => (req.cart = await (reading ??= cartId ? read(cartId) : Promise.resolve([])));
      return next();
    }
    if (!cartId) return next();
    read(cartId).then((cart) => {
      req.cart = cart;
      next();
    }, next);
  };
}

const isUnavailable = (error: unknown) =>
  error instanceof Error && 'category' in error && error.category === 'unavailable';
