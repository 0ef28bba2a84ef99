import { STATUS_CODES } from 'node:http';

const statuses = {
  invalid: 400,
  unauthenticated: 401,
  'payment-required': 402,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  'request-timeout': 408,
  conflict: 409,
  'precondition-failed': 412,
  'content-too-large': 413,
  'unsupported-media-type': 415,
  'expectation-failed': 417,
  unprocessable: 422,
  'rate-limited': 429,
  'headers-too-large': 431,
  'not-implemented': 501,
  'bad-gateway': 502,
  unavailable: 503,
  'gateway-timeout': 504,
  'version-not-supported': 505,
};

/** The category of an error determines its HTTP status. */
export type ErrorCategory = keyof typeof statuses;

interface ProblemOptions {
  /** Further members of the problem: https://www.rfc-editor.org/rfc/rfc9457#section-3.2 */
  readonly extensions?: Record<string, unknown>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as `Retry-After`; 1 for a 429 or 503 without it. */
  readonly retryAfterSeconds?: number;
}

/** An error whose message the caller may read: it becomes the problem's `detail`. */
export interface KnownError extends Error, ProblemOptions {
  readonly category: ErrorCategory;
  /** Stable, for programs. */
  readonly code: string;
}

export class ServiceError extends Error implements KnownError {
  readonly extensions?: Record<string, unknown>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly retryAfterSeconds?: number;

  constructor(
    readonly category: ErrorCategory,
    readonly code: string,
    message: string,
    { extensions, headers, retryAfterSeconds, ...options }: ErrorOptions & ProblemOptions = {},
  ) {
    super(message, options);
    this.name = new.target.name;
    this.extensions = extensions;
    this.headers = headers;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Checks the error's shape, not its class, so that a library can throw such errors without importing this one. */
export function isKnownError(error: unknown): error is KnownError {
  return (
    error instanceof Error &&
    'code' in error &&
    'category' in error &&
    typeof error.category === 'string' &&
    Object.hasOwn(statuses, error.category)
  );
}

export interface Problem {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly [extension: string]: unknown;
}

/** An RFC 9457 problem. The message of an unknown error may hold secrets, so that its problem has a fixed text. */
export function toProblem(error: unknown): Problem {
  if (isKnownError(error)) {
    const { category, code, message, extensions } = error;
    // A library's message can name internal hosts.
    const isInternal = category === 'unavailable' && !(error instanceof ServiceError);
    const detail = isInternal ? 'A dependency of the service is unavailable. Retry after 1 second.' : message;
    return { ...createProblem(statuses[category], code, detail), ...extensions };
  }
  if (isClientError(error)) return createProblem(400, 'BAD_REQUEST', 'The request is malformed.');
  return createProblem(500, 'INTERNAL', 'An unexpected error occurred. Report the requestId if it persists.');
}

/** RFC 9457, section 4.2.1: with `about:blank` the title is the status phrase. */
const createProblem = (status: number, code: string, detail: string): Problem => ({
  type: 'about:blank',
  title: STATUS_CODES[status] ?? 'Error',
  status,
  detail,
  code,
});

/** Express throws errors with a 4xx status, such as for a path that cannot be decoded. */
const isClientError = (error: unknown): boolean =>
  error instanceof Error &&
  'status' in error &&
  typeof error.status === 'number' &&
  error.status >= 400 &&
  error.status < 500;
