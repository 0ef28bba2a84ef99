import type { NextFunction, Request, Response } from 'express';
import type { CartCache, CartItem } from './cart-cache';

/** What the middleware reads from a request and puts there. */
export interface CartRequest {
  /** Set by the authentication that runs before; the middleware does nothing where it is missing. */
  userToken?: string;
  /** The cart, an array that is empty when there is none. */
  cart?: CartItem[];
}

/** What the lazy middleware puts on a request. */
export interface LazyCartRequest extends CartRequest {
  /** Reads the cart when it is first called, once a request; `[]` without a token. Puts it on `cart` too. */
  loadCart?: () => Promise<CartItem[]>;
}

export interface CartMiddlewareOptions {
  /**
   * When the cart cannot be read: `reject` hands the error to `next`; `empty` goes on with an empty cart, for pages that show a
   * cart in passing. Never use `empty` before a route that pays for the cart or writes it back. Default `reject`.
   */
  readonly onUnavailable?: 'reject' | 'empty';
  /** Read the cart only when a route asks for it, by `await req.loadCart()`; for routes that change it. Default `false`. */
  readonly lazy?: boolean;
}

/**
 * Stands between authentication and the routes: reads the cart of `req.userToken` and puts it on `req.cart`. Without a token it
 * does nothing and calls `next()`. An error goes to `next(error)`.
 */
export function cartMiddleware(cache: Pick<CartCache, 'get'>, options: CartMiddlewareOptions = {}) {
  const { onUnavailable = 'reject', lazy = false } = options;

  const read = async (userToken: string): Promise<CartItem[]> => {
    try {
      return await cache.get(userToken);
    } catch (error) {
      if (onUnavailable === 'empty' && isUnavailable(error)) return [];
      throw error;
    }
  };

  return (req: Request & LazyCartRequest, _res: Response, next: NextFunction): void => {
    const { userToken } = req;
    if (lazy) {
      let reading: Promise<CartItem[]> | undefined;
      req.loadCart = async () => (req.cart = await (reading ??= userToken ? read(userToken) : Promise.resolve([])));
      return next();
    }
    if (!userToken) return next();
    read(userToken).then((cart) => {
      req.cart = cart;
      next();
    }, next);
  };
}

const isUnavailable = (error: unknown) =>
  error instanceof Error && 'category' in error && error.category === 'unavailable';
