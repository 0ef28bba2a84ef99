import type { NextFunction, Request, Response } from 'express';
import type { Carts, CartLine } from './carts';

/** What the middleware reads from a request and puts there. */
export interface CartRequest {
  /** Set by the authentication that runs before; names the cart, unless `cartId` does. */
  userToken?: string | undefined;
  /** The lines of the cart; empty when there is no cart. */
  cart?: CartLine[];
}

/** What the lazy middleware puts on a request. */
export interface LazyCartRequest extends CartRequest {
  /** Reads the cart when it is first called, once a request; `[]` without a cart id. Puts it on `cart` too. */
  loadCart?: () => Promise<CartLine[]>;
}

export interface CartMiddlewareOptions {
  /** Names the cart of a request; `undefined` where it has none. Default: `req.userToken`. */
  readonly cartId?: ((req: Request & CartRequest) => string | undefined) | undefined;
  /**
   * When the cart cannot be read: `reject` hands the error to `next`; `empty` goes on with an empty cart, for pages that show a
   * cart in passing. Never use `empty` before a route that pays for the cart or writes it back. Default `reject`.
   */
  readonly onUnavailable?: 'reject' | 'empty' | undefined;
  /** Read the cart only when a route asks for it, by `await req.loadCart()`; for routes that change it. Default `false`. */
  readonly lazy?: boolean | undefined;
}

/**
 * Stands between authentication and the routes: reads the request's cart and puts its lines on `req.cart`. Without a cart id it
 * does nothing and calls `next()`. An error goes to `next(error)`.
 */
export function cartMiddleware(carts: Pick<Carts, 'get'>, options: CartMiddlewareOptions = {}) {
  const { cartId: getCartId = (req) => req.userToken, onUnavailable = 'reject', lazy = false } = options;

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
