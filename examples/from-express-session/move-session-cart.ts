import type { Carts } from '@badger-store/cart-cache';
import type { RequestHandler } from 'express';

/**
 * Moves the cart of a session into the cart cache, at the next request of the session. The idempotency keys let a request fail
 * halfway, or run twice, without an effect on quantities.
 */
export const moveSessionCart =
  (carts: Carts): RequestHandler =>
  async (req, _res, next) => {
    const lines = req.session.cart ?? [];
    for (const [index, { id, quantity }] of lines.entries()) {
      await carts.add(req.sessionID, id, quantity, { idempotencyKey: `session-${index}` });
    }
    delete req.session.cart;
    next();
  };
