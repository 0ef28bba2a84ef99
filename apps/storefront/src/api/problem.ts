import { NoResponseError } from './transport';
import type { ProblemCode } from './types';

interface ProblemBody {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly requestId?: string;
  readonly errors?: readonly { path: string; message: string }[];
  readonly [member: string]: unknown;
}

/** An error that the API responded with (RFC 9457). */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  readonly code: string;

  constructor(
    readonly body: ProblemBody,
    readonly retryAfterSeconds?: number,
  ) {
    super(body.detail);
    this.status = body.status;
    this.code = body.code;
  }
}

interface Result<Data> {
  readonly data?: Data;
  readonly error?: unknown;
  readonly response: Response;
}

/** The data of a response; throws an `ApiProblem` where it is none. */
export function unwrap<Data>({ data, error, response }: Result<Data>): Data {
  if (response.ok) return data as Data;
  const isProblem = typeof error === 'object' && error !== null && 'code' in error;
  const status = response.status;
  const body = isProblem
    ? (error as ProblemBody)
    : { status, code: 'UNEXPECTED', title: 'Unexpected response', detail: `The store response ${status}.` };
  const retryAfter = Number(response.headers.get('Retry-After'));
  throw new ApiProblem(body, Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : undefined);
}

export const hasCode = (error: unknown, ...codes: readonly ProblemCode[]): error is ApiProblem =>
  error instanceof ApiProblem && codes.includes(error.code as ProblemCode);

/** Whether the same request may succeed later. */
export const isTransient = (error: unknown): boolean =>
  error instanceof NoResponseError || (error instanceof ApiProblem && (error.status >= 500 || error.status === 429));
