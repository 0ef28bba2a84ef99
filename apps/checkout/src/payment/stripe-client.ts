import { AsyncLocalStorage } from 'node:async_hooks';
import { getHost } from '@badger-store/service-kit';
import Stripe from 'stripe';
import { untilAborted } from './until-aborted';

export interface StripeSettings {
  readonly secretKey: string;
  /** Default: https://api.stripe.com. */
  readonly apiUrl?: string;
}

/** Below the default payment deadline of 10 s: a bank may take seconds to authorise. */
const requestTimeoutMs = 8000;
/** For cut connections and keys in use. A retry has the idempotency key of its call. */
const maxRetries = 2;

/** The SDK takes no signal, and would retry a call whose caller gave up. */
const currentSignal = new AsyncLocalStorage<AbortSignal>();

/** Rejects once the signal aborts; from then on no request is sent. */
export const callStripe = <Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> =>
  untilAborted(signal, () => currentSignal.run(signal, work));

export function connectStripe({ secretKey, apiUrl = 'https://api.stripe.com' }: StripeSettings): Stripe {
  const url = new URL(apiUrl);
  const { protocol, port } = url;
  const httpClient = Stripe.createNodeHttpClient();
  const send = httpClient.makeRequest.bind(httpClient);
  httpClient.makeRequest = async (...request) => {
    currentSignal.getStore()?.throwIfAborted();
    return send(...request);
  };
  return new Stripe(secretKey, {
    protocol: protocol === 'http:' ? 'http' : 'https',
    host: getHost(url),
    port: port || (protocol === 'http:' ? 80 : 443),
    timeout: requestTimeoutMs,
    maxNetworkRetries: maxRetries,
    telemetry: false,
    httpClient,
  });
}
