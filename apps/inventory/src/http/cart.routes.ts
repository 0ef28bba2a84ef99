import { cartMiddleware, ItemNotInCartError, type CartCache, type CartRequest } from '@badger-store/cart-cache';
import {
  jsonBody,
  requireScope,
  requireUser,
  ServiceError,
  userOf,
  validate,
  type VerifyUserToken,
} from '@badger-store/service-kit';
import { addHeaders, itemId, newLine, newQuantity } from '@badger-store/store-api';
import { Router, type Request, type Response } from 'express';
import type { IsKnownItem } from '../domain/known-items';

export interface CartRouteParts {
  readonly cartCache: CartCache;
  readonly isKnownItem: IsKnownItem;
  readonly verifyUserToken: VerifyUserToken;
}

export function cartRoutes({ cartCache, isKnownItem, verifyUserToken }: CartRouteParts): Router {
  const router = Router({ caseSensitive: true });
  const cartUser = [requireUser(verifyUserToken), requireScope('cart')];

  router.get('/Cart', cartUser, cartMiddleware(cartCache), (req: Request & CartRequest, res: Response) => {
    res.json({ cart: req.cart });
  });

  router.delete('/Cart', cartUser, async (req: Request, res: Response) => {
    await cartCache.clear(userOf(req).id);
    res.status(204).end();
  });

  router.post('/Cart/Item', cartUser, jsonBody, async (req: Request, res: Response) => {
    const { id, quantity } = validate(newLine, req.body);
    const { 'idempotency-key': operationId } = validate(addHeaders, req.headers);
    if (!(await isKnownItem(id))) throw new ServiceError('not-found', 'NO_SUCH_ITEM', 'There is no such item.');
    res.status(201).json({ message: 'OK', cart: await cartCache.add(userOf(req).id, id, quantity, { operationId }) });
  });

  router.patch('/Cart/Item/:id', cartUser, jsonBody, async (req: Request<{ id: string }>, res: Response) => {
    const { quantity } = validate(newQuantity, req.body);
    res.json({ message: 'OK', cart: await cartCache.setQuantity(userOf(req).id, lineOf(req), quantity) });
  });

  router.delete('/Cart/Item/:id', cartUser, async (req: Request<{ id: string }>, res: Response) => {
    res.json({ message: 'OK', cart: await cartCache.remove(userOf(req).id, lineOf(req)) });
  });

  return router;
}

/** What cannot be an item's id cannot be in the cart. */
function lineOf(req: Request<{ id: string }>): string {
  const { id } = req.params;
  if (!itemId.safeParse(id).success) throw new ItemNotInCartError(id);
  return id;
}
