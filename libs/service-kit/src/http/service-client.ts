import { ServiceError } from '../problems';
import { traceHeaders } from '../telemetry/tracing';
import type { TlsClient } from '../tls/tls';
import { ConnectError, readResponse } from '../upstream/exchange';
import { createUpstream } from '../upstream/upstream';

export interface ServiceResponse {
  readonly status: number;
  readonly body: unknown;
}

export interface ServiceCall<Result> {
  readonly method: 'GET' | 'PUT' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  /** For all attempts together. */
  readonly deadlineMs: number;
  /** Throws if the response is unusable; then the call is repeated, as after a status of 500 and above. */
  read(response: ServiceResponse): Result;
}

/** Rejects with an `unavailable` error, whose code is `<NAME>_UNAVAILABLE`, if no attempt succeeds before the deadline. */
export type CallService = <Result>(call: ServiceCall<Result>) => Promise<Result>;

export interface ServiceClientOptions {
  readonly name: string;
  readonly urls: readonly string[];
  readonly token: () => string;
  readonly tls?: TlsClient;
}

const maxSent = 3;
const maxRounds = 3;

/** Calls another service of the store, and repeats failed calls at its next address. All calls must be idempotent. */
export function createServiceClient({ name, urls, token, tls }: ServiceClientOptions): CallService {
  const upstream = createUpstream({ urls, tls });

  function* repeatAddresses() {
    for (let round = 0; round < maxRounds; round += 1) yield* upstream.roundRobin();
  }

  return async (call) => {
    const request = createRequest(call, token());
    const deadlineAt = performance.now() + call.deadlineMs;
    const errors: unknown[] = [];
    let sent = 0;
    for (const address of repeatAddresses()) {
      const remainingMs = deadlineAt - performance.now();
      if (sent === maxSent || remainingMs <= 0) break;
      try {
        const { status, body } = await readResponse(address, request, remainingMs);
        if (status >= 500) throw new Error(`${name} responded with status ${status}`);
        return call.read({ status, body: JSON.parse(body.toString()) as unknown });
      } catch (error) {
        errors.push(error);
        if (!(error instanceof ConnectError)) sent += 1;
      }
    }
    // A log shows the message, and not the errors of an AggregateError.
    const reasons = new Set(errors.map((error) => (error instanceof Error ? error.message : String(error))));
    const cause = new AggregateError(errors, `${name} did not respond: ${[...reasons].join('; ')}`);
    const detail = `The service ${name} is unavailable. Retry after 1 second.`;
    throw new ServiceError('unavailable', `${name.toUpperCase()}_UNAVAILABLE`, detail, { cause });
  };
}

const createRequest = ({ method, path, body }: ServiceCall<unknown>, token: string) => ({
  method,
  path,
  headers: {
    ...traceHeaders(),
    // Compression between services costs more CPU than it saves bandwidth.
    'accept-encoding': 'identity',
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
  },
  body: body === undefined ? undefined : JSON.stringify(body),
});
