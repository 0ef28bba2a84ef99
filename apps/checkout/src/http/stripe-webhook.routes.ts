import { readBody, ServiceError } from '@badger-store/service-kit';
import { Router, type Request, type Response } from 'express';
import Stripe from 'stripe';
import { z } from 'zod';

export interface StripeWebhookParts {
  /** With which Stripe signs what it sends to this endpoint. */
  readonly signingSecret: string;
  /** Looks at the payment, and brings its order to its end; may be called for the same payment any number of times. */
  readonly onPayment: (paymentId: string) => Promise<void>;
}

const retryAfterSeconds = 5;

const paymentEvents: readonly string[] = [
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'payment_intent.canceled',
  'payment_intent.processing',
];

const aboutPayment = z.object({ data: z.object({ object: z.object({ id: z.string().regex(/^pi_\w{1,250}$/) }) }) });

const maxBodyBytes = 64 * 1024;

/**
 * Hears from Stripe that something became of a payment. Events come late, twice and in any order, so nothing of one is believed but
 * which payment it is about. What could not be done is answered 503, and Stripe sends it again.
 */
export function stripeWebhookRoutes({ signingSecret, onPayment }: StripeWebhookParts): Router {
  const router = Router({ caseSensitive: true });

  router.post('/payments/stripe/events', async (req: Request, res: Response) => {
    const body = await readBody(req, res, maxBodyBytes);
    const event = readEvent(req, body, signingSecret);
    if (paymentEvents.includes(event.type)) {
      await onPayment(paymentIdOf(event)).catch((cause: unknown) => {
        const message = 'What became of the payment cannot be recorded now. Send it again.';
        throw new ServiceError('unavailable', 'PAYMENT_EVENT_PENDING', message, { cause, retryAfterSeconds });
      });
    }
    res.json({ received: true });
  });

  return router;
}

function readEvent({ headers }: Request, body: Buffer | undefined, signingSecret: string): Stripe.Event {
  const signature = headers['stripe-signature'] ?? '';
  try {
    return Stripe.webhooks.constructEvent(body ?? '', signature, signingSecret);
  } catch (cause) {
    throw new ServiceError('invalid', 'INVALID_EVENT', 'This is no event that Stripe signed for this store just now.', {
      cause,
    });
  }
}

function paymentIdOf(event: Stripe.Event): string {
  const about = aboutPayment.safeParse(event);
  if (about.success) return about.data.data.object.id;
  throw new ServiceError('invalid', 'INVALID_EVENT', 'The event names no payment.');
}
