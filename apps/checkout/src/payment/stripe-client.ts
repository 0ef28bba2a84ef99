import { AsyncLocalStorage } from 'node:async_hooks';
import { getHost } from '@badger-store/service-kit';
import Stripe from 'stripe';
import { untilAborted } from './until-aborted';

export interface StripeSettings {
  readonly secretKey: string;
  /** Where Stripe’s API is; default https://api.stripe.com. */
  readonly apiUrl?: string;
}

/** Below the default payment deadline of 10 s: a bank may take seconds to authorise. */
const requestTimeoutMs = 8000;
/** For connections that were cut and keys in use; a repeat has the key of the call that it repeats. */
const maxRetries = 2;

/** Of the work under way: the SDK takes no signal, and would repeat a call that nobody waits for any more. */
const callers = new AsyncLocalStorage<AbortSignal>();

/** Settles once the signal aborts; from then on, no call of the work goes out. */
export const callStripe = <Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> =>
  untilAborted(signal, () => callers.run(signal, work));

/** The SDK, with the API version that it was made for. */
export function connectStripe({ secretKey, apiUrl = 'https://api.stripe.com' }: StripeSettings): Stripe {
  const url = new URL(apiUrl);
  const { protocol, port } = url;
  const httpClient = Stripe.createNodeHttpClient();
  const send = httpClient.makeRequest.bind(httpClient);
  httpClient.makeRequest = async (...request) => {
    callers.getStore()?.throwIfAborted();
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
