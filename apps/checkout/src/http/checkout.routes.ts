import { createHash } from 'node:crypto';
import {
  jsonBody,
  requireFirstPartyOrigin,
  requireFreshRevocations,
  requireScope,
  requireUser,
  getUser,
  validate,
  type Revocations,
  type VerifyAccessToken,
} from '@badger-store/service-kit';
import { checkoutBody, checkoutHeaders, type PaymentMethod } from '@badger-store/store-api';
import { Router, type Request, type Response } from 'express';
import { toPublicOrder } from '../domain/order';
import type { PlaceOrder } from '../domain/place-order';
import type { Quote } from '../domain/prices';

export interface CheckoutRouteParts {
  readonly placeOrder: PlaceOrder;
  /** What a checkout of the user's cart would cost now. */
  readonly quoteCart: (userId: string) => Promise<Quote>;
  readonly paymentMethods: readonly PaymentMethod[];
  readonly firstPartyOrigins: readonly string[];
  readonly verifyAccessToken: VerifyAccessToken;
  readonly revocations: Pick<Revocations, 'isStale'>;
}

export function checkoutRoutes({
  placeOrder,
  quoteCart,
  paymentMethods,
  firstPartyOrigins,
  verifyAccessToken,
  revocations,
}: CheckoutRouteParts): Router {
  const router = Router({ caseSensitive: true });
  const schema = checkoutBody(paymentMethods);

  const buyer = [requireUser(verifyAccessToken), requireFreshRevocations(revocations), requireScope('checkout')];

  // Browsers send no Origin with a GET to the own origin. Other sites cannot read the response, and a quote changes nothing.
  router.get('/Cart/checkout', buyer, async (req: Request, res: Response) => {
    const { lines, shortages, totals = null } = await quoteCart(getUser(req).id);
    res.json({ lines, shortages, totals });
  });

  router.patch(
    '/Cart/checkout',
    buyer,
    requireFirstPartyOrigin(firstPartyOrigins),
    jsonBody,
    async (req: Request, res: Response) => {
      const body = validate(schema, req.body);
      const { 'idempotency-key': value } = validate(checkoutHeaders, req.headers);
      const key = value === undefined ? undefined : { value, bodyHash: hashBody(body) };
      const order = await placeOrder({ userId: getUser(req).id, ...body, key });
      res.json({ message: 'Thanks for shopping with us!', order: toPublicOrder(order) });
    },
  );

  return router;
}

/** Hashes the parsed body: spaces and the order of members make no difference. */
const hashBody = (body: unknown) => createHash('sha256').update(JSON.stringify(body)).digest('base64url');
