import { ServiceError } from '../problems';
import { traceHeaders } from '../telemetry/tracing';

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
  /** Throws when the answer is none to this call; then it is asked for again, as after a status of 500 and above. */
  read(answer: ServiceAnswer): Result;
}

/** Rejects with an `unavailable` error, whose code is `…_UNAVAILABLE`, when there was no answer that could be read in time. */
export type CallService = <Result>(call: ServiceCall<Result>) => Promise<Result>;

export interface ServiceClientOptions {
  readonly name: string;
  /** Of its replicas, or one that leads to all of them. */
  readonly urls: readonly string[];
  readonly token: () => string;
}

const mostAttempts = 3;

/**
 * Calls another service of the store, at its addresses in turn; where one cannot be reached, at the next, which is the same one
 * again where there is but one. For calls that may be repeated.
 */
export function createServiceClient({ name, urls, token }: ServiceClientOptions): CallService {
  let turn = 0;

  const attempt = async <Result>(call: ServiceCall<Result>, url: string, signal: AbortSignal): Promise<Result> => {
    const response = await fetch(new URL(call.path, url), {
      method: call.method,
      headers: {
        ...traceHeaders(),
        // Between services packing costs more than it saves.
        'accept-encoding': 'identity',
        authorization: `Bearer ${token()}`,
        'content-type': 'application/json',
      },
      body: call.body === undefined ? undefined : JSON.stringify(call.body),
      redirect: 'error',
      signal,
    });
    if (response.status >= 500) throw new Error(`${name} answered ${response.status}`);
    return call.read({ status: response.status, body: (await response.json()) as unknown });
  };

  return async (call) => {
    const first = turn++;
    const signal = AbortSignal.timeout(call.deadlineMs);
    const errors: unknown[] = [];
    while (errors.length < mostAttempts && !signal.aborted) {
      try {
        return await attempt(call, urls[(first + errors.length) % urls.length] ?? '', signal);
      } catch (error) {
        errors.push(error);
      }
    }
    const cause = new AggregateError(errors, `${name} did not answer`);
    throw new ServiceError(
      'unavailable',
      `${name.toUpperCase()}_UNAVAILABLE`,
      `The store’s ${name} cannot be asked now.`,
      {
        cause,
      },
    );
  };
}
