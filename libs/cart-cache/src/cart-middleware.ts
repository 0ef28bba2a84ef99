import type { NextFunction, Request, Response } from 'express';
import type { CartCache, CartItem } from './cart-cache';

/** What the middleware reads from a request and puts there. */
export interface CartRequest {
  /** Set by the authentication that runs before; the middleware does nothing where it is missing. */
  userToken?: string;
  cart?: CartItem[];
}

/**
 * Stands between authentication and the routes: reads the cart of `req.userToken` and puts it on `req.cart`, an array that is
 * empty when there is no cart. Without a token it calls `next()`; an error goes to `next(error)`.
 */
export function cartMiddleware(cache: Pick<CartCache, 'get'>) {
  return (req: Request & CartRequest, _res: Response, next: NextFunction): void => {
    if (!req.userToken) return next();
    cache.get(req.userToken).then((cart) => {
      req.cart = cart;
      next();
    }, next);
  };
}
