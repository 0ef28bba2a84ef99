import { readBody, ServiceError } from '@badger-store/service-kit';
import { Router, type Request, type Response } from 'express';
import Stripe from 'stripe';
import { z } from 'zod';

const retryAfterSeconds = 5;

const paymentEvents: readonly string[] = [
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'payment_intent.canceled',
  'payment_intent.processing',
];

const paymentEvent = z.object({ data: z.object({ object: z.object({ id: z.string().regex(/^pi_\w{1,250}$/) }) }) });

const maxBodyBytes = 64 * 1024;

/**
 * Receives Stripe's events. Events come late, twice and in any order, so only the payment's id is read from one. After a 503 Stripe
 * sends the event again. Stripe signs its events with `signingSecret`; `onPayment` may be called again for the same payment.
 */
export function stripeWebhookRoutes(signingSecret: string, onPayment: (paymentId: string) => Promise<void>): Router {
  const router = Router({ caseSensitive: true });

  router.post('/payments/stripe/events', async (req: Request, res: Response) => {
    const body = await readBody(req, res, maxBodyBytes);
    const event = readEvent(req, body, signingSecret);
    if (paymentEvents.includes(event.type)) {
      await onPayment(readPaymentId(event)).catch((cause: unknown) => {
        const message = 'The event cannot be processed now. Send it again.';
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
    throw new ServiceError('invalid', 'INVALID_EVENT', 'The signature is missing, invalid or older than 5 minutes.', {
      cause,
    });
  }
}

function readPaymentId(event: Stripe.Event): string {
  const parsed = paymentEvent.safeParse(event);
  if (parsed.success) return parsed.data.data.object.id;
  throw new ServiceError('invalid', 'INVALID_EVENT', 'The event has no payment id.');
}
