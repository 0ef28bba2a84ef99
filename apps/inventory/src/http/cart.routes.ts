import { ItemNotInCartError, type Cart, type Carts } from '@badger-store/cart-cache';
import {
  jsonBody,
  requireScope,
  requireUser,
  sendJson,
  ServiceError,
  getUser,
  validate,
  type VerifyAccessToken,
} from '@badger-store/service-kit';
import { addHeaders, changeHeaders, itemId, newLine, newQuantity } from '@badger-store/store-api';
import type { Request, Response, Router } from 'express';
import type { GetAvailability } from '../domain/availability';
import { OutOfStockError } from '../domain/stock-errors';

/** The same carts with different lifetimes. */
export interface CartsByLifetime {
  readonly ofUsers: Carts;
  /** Of guests whose session was never refreshed. There can be very many, and most never return. */
  readonly ofNewGuests: Carts;
}

export function addCartRoutes(
  router: Router,
  carts: CartsByLifetime,
  getAvailability: GetAvailability,
  verifyAccessToken: VerifyAccessToken,
): void {
  const chooseCarts = (req: Request) => (getUser(req).isNewGuest ? carts.ofNewGuests : carts.ofUsers);
  const cartUser = [requireUser(verifyAccessToken, { hasETag: true }), requireScope('cart')];
  const readIfMatch = (req: Request) => ({ ifVersion: validate(changeHeaders, req.headers)['if-match'] });

  router.post('/Cart/Item', cartUser, jsonBody, async (req: Request, res: Response) => {
    const { id, quantity } = validate(newLine, req.body);
    const { 'idempotency-key': idempotencyKey, 'if-match': ifVersion } = validate(addHeaders, req.headers);
    const available = await getAvailability(id);
    if (available === undefined)
      throw new ServiceError('not-found', 'ITEM_NOT_FOUND', 'There is no item with this id.');
    // A cart reserves nothing, so more than is available may be added; the checkout names the shortage.
    if (available === 0) throw new OutOfStockError([{ id, requested: quantity, available }]);
    const cart = await chooseCarts(req).add(getUser(req).id, id, quantity, { idempotencyKey, ifVersion });
    sendJson(res, { message: 'OK', cart: cart.lines }, 201, toETag(cart));
  });

  router.get('/Cart', cartUser, async (req: Request, res: Response) => {
    const cart = await chooseCarts(req).getCart(getUser(req).id);
    sendJson(res, { cart: cart.lines }, 200, toETag(cart));
  });

  router.delete('/Cart', cartUser, async (req: Request, res: Response) => {
    await chooseCarts(req).clear(getUser(req).id, readIfMatch(req));
    res.status(204).end();
  });

  router.patch('/Cart/Item/:id', cartUser, jsonBody, async (req: Request<{ id: string }>, res: Response) => {
    const { quantity } = validate(newQuantity, req.body);
    const change = [readLineId(req), { quantity }, readIfMatch(req)] as const;
    const cart = await chooseCarts(req).setLine(getUser(req).id, ...change);
    sendJson(res, { message: 'OK', cart: cart.lines }, 200, toETag(cart));
  });

  router.delete('/Cart/Item/:id', cartUser, async (req: Request<{ id: string }>, res: Response) => {
    const cart = await chooseCarts(req).remove(getUser(req).id, readLineId(req), readIfMatch(req));
    sendJson(res, { message: 'OK', cart: cart.lines }, 200, toETag(cart));
  });
}

const toETag = ({ version }: Cart) => ({ ETag: `"${version}"` });

/** A cart can't have a line that is not an item id. */
function readLineId(req: Request<{ id: string }>): string {
  const { id } = req.params;
  if (!itemId.safeParse(id).success) throw new ItemNotInCartError(id);
  return id;
}
