import { Router } from 'express';
import { checkoutRoutes, type CheckoutRouteParts } from './http/checkout.routes';
import { internalRoutes, type InternalRouteParts } from './http/internal.routes';
import { orderRoutes, type OrderRouteParts } from './http/orders.routes';
import { paymentMethodRoutes, type PaymentMethodRouteParts } from './http/payment-methods.routes';
import { stripeWebhookRoutes } from './http/stripe-webhook.routes';

export interface CheckoutServiceParts
  extends CheckoutRouteParts, PaymentMethodRouteParts, OrderRouteParts, InternalRouteParts {
  /** With which Stripe signs what it reports; without it there is no such route. */
  readonly stripeSigningSecret?: string;
  readonly onPayment: (paymentId: string) => Promise<void>;
}

export function checkoutServiceRoutes({ stripeSigningSecret, ...parts }: CheckoutServiceParts): Router {
  const router = Router({ caseSensitive: true });
  router.use(checkoutRoutes(parts), paymentMethodRoutes(parts), orderRoutes(parts), internalRoutes(parts));
  if (stripeSigningSecret !== undefined) {
    router.use(stripeWebhookRoutes({ signingSecret: stripeSigningSecret, onPayment: parts.onPayment }));
  }
  return router;
}
