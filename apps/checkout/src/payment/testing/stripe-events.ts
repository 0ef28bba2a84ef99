import { createHmac, randomUUID } from 'node:crypto';

export interface SignedEvent {
  readonly body: string;
  readonly signature: string;
}

/** An event as Stripe sends it, signed as https://docs.stripe.com/webhooks/signature tells. */
export function signEvent(signingSecret: string, type: string, payment: object, ageSeconds = 0): SignedEvent {
  const at = Math.floor(Date.now() / 1000) - ageSeconds;
  const body = JSON.stringify({
    id: `evt_${randomUUID()}`,
    object: 'event',
    created: at,
    type,
    data: { object: payment },
  });
  return { body, signature: `t=${at},v1=${createHmac('sha256', signingSecret).update(`${at}.${body}`).digest('hex')}` };
}
