import { ServiceError } from '../problems';
import { traceHeaders } from '../telemetry/tracing';
import { readResponse } from '../upstream/read-response';
import { createUpstream } from '../upstream/upstream';

export interface ServiceAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface ServiceCall<Result> {
  readonly method: 'GET' | 'PUT' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  /** Over all attempts. */
  readonly deadlineMs: number;
  /** Throws when the response is none to this call; then it is sent again, as after a status of 500 and above. */
  read(answer: ServiceAnswer): Result;
}

/** Rejects with an `unavailable` error, whose code is `…_UNAVAILABLE`, when there was no response that could be read in time. */
export type CallService = <Result>(call: ServiceCall<Result>) => Promise<Result>;

export interface ServiceClientOptions {
  readonly name: string;
  /** Of its replicas, or one that leads to all of them. */
  readonly urls: readonly string[];
  readonly token: () => string;
}

const maxAttempts = 3;

/**
 * Calls another service of the store, at its addresses in turn; after a failure, at the next, which is the same one again where there is
 * but one. For calls that may be repeated.
 */
export function createServiceClient({ name, urls, token }: ServiceClientOptions): CallService {
  const upstream = createUpstream({ urls });

  function* addresses() {
    while (true) yield* upstream.inTurn();
  }

  return async (call) => {
    const request = toRequest(call, token());
    const deadlineAt = performance.now() + call.deadlineMs;
    const errors: unknown[] = [];
    for (const address of addresses()) {
      const leftMs = deadlineAt - performance.now();
      if (errors.length === maxAttempts || leftMs <= 0) break;
      try {
        const { status, body } = await readResponse(address, request, leftMs);
        if (status >= 500) throw new Error(`${name} responded with status ${status}`);
        return call.read({ status, body: JSON.parse(body.toString()) as unknown });
      } catch (error) {
        errors.push(error);
      }
    }
    const cause = new AggregateError(errors, `${name} did not respond`);
    const code = `${name.toUpperCase()}_UNAVAILABLE`;
    throw new ServiceError('unavailable', code, `The store’s ${name} cannot be asked now.`, { cause });
  };
}

const toRequest = ({ method, path, body }: ServiceCall<unknown>, token: string) => ({
  method,
  path,
  headers: {
    ...traceHeaders(),
    // Between services packing costs more than it saves.
    'accept-encoding': 'identity',
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
  },
  body: body === undefined ? undefined : JSON.stringify(body),
});
