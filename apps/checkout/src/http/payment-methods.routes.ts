import { createPublicResponses } from '@badger-store/service-kit';
import { testTokens, type PaymentMethod, type PaymentMethodList, type TestToken } from '@badger-store/store-api';
import { Router, type Request, type Response } from 'express';

type Described = PaymentMethodList['paymentMethods'][number];

/** Open to everybody, without a token. `paymentMethods` are those that the store accepts, in the order in which customers see them. */
export function paymentMethodRoutes(paymentMethods: readonly PaymentMethod[], dueDays: number): Router {
  const router = Router({ caseSensitive: true });
  const sendPublic = createPublicResponses();
  const all: Record<PaymentMethod, Described> = {
    test: {
      method: 'test',
      name: 'Test payment',
      description: 'For trying out the store: no money moves. The token decides what happens.',
      tokens: Object.entries(testTokens).map(([token, description]) => ({ token: token as TestToken, description })),
    },
    invoice: {
      method: 'invoice',
      name: 'Invoice',
      description: `Pay within ${dueDays} days of the order. The token is an optional reference, such as a purchase order number.`,
      dueDays,
    },
    stripe: {
      method: 'stripe',
      name: 'Card',
      description: 'Paid through Stripe. The token is the id of a Stripe PaymentMethod.',
    },
  };
  const body = JSON.stringify({ paymentMethods: paymentMethods.map((method) => all[method]) });

  router.get('/payment-methods', async (req: Request, res: Response) => {
    await sendPublic(req, res, { body, type: 'application/json; charset=utf-8', maxAgeSeconds: 60 });
  });

  return router;
}
