/** The category of an error determines its HTTP status. */
export type ErrorCategory =
  | 'invalid'
  | 'unauthenticated'
  | 'payment-required'
  | 'forbidden'
  | 'not-found'
  | 'method-not-allowed'
  | 'request-timeout'
  | 'conflict'
  | 'precondition-failed'
  | 'content-too-large'
  | 'unsupported-media-type'
  | 'expectation-failed'
  | 'unprocessable'
  | 'rate-limited'
  | 'headers-too-large'
  | 'not-implemented'
  | 'bad-gateway'
  | 'unavailable'
  | 'gateway-timeout'
  | 'version-not-supported';

const statuses: Record<ErrorCategory, number> = {
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

/** An error that a caller is meant to read: its message becomes the problem's `detail`. */
export interface KnownError extends Error {
  readonly category: ErrorCategory;
  /** Stable, for programs. */
  readonly code: string;
  /** Further members of the problem: https://www.rfc-editor.org/rfc/rfc9457#section-3.2 */
  readonly extensions?: Record<string, unknown>;
  /** Headers of the response. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as `Retry-After`: for what passes by waiting. A 429 or 503 without it says one second. */
  readonly retryAfterSeconds?: number;
}

export class ServiceError extends Error implements KnownError {
  override readonly name = 'ServiceError';
  readonly extensions?: Record<string, unknown>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly retryAfterSeconds?: number;

  constructor(
    readonly category: ErrorCategory,
    readonly code: string,
    message: string,
    options: ErrorOptions & Pick<KnownError, 'extensions' | 'headers' | 'retryAfterSeconds'> = {},
  ) {
    super(message, options);
    this.extensions = options.extensions;
    this.headers = options.headers;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** Errors are known by their shape, so that a library can throw them without importing this one. */
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
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly [extension: string]: unknown;
}

const titles: Record<ErrorCategory, string> = {
  invalid: 'The request is not valid',
  unauthenticated: 'A valid userToken is needed',
  'payment-required': 'The payment was declined',
  forbidden: 'This is not allowed',
  'not-found': 'There is no such thing',
  'method-not-allowed': 'The address does not have this method',
  'request-timeout': 'The request did not arrive in time',
  conflict: 'The request is in conflict with the present state',
  'precondition-failed': 'A precondition of the request does not hold',
  'content-too-large': 'The request is too large',
  'unsupported-media-type': 'The content type is not supported',
  'expectation-failed': 'The expectation cannot be met',
  unprocessable: 'The request goes over a limit',
  'rate-limited': 'Too many requests',
  'headers-too-large': 'The headers are too large',
  'not-implemented': 'The request needs something that the store does not have',
  'bad-gateway': 'A service behind this one failed',
  unavailable: 'The service cannot do this at the moment',
  'gateway-timeout': 'A service behind this one did not answer in time',
  'version-not-supported': 'The version of HTTP is not supported',
};

/** An RFC 9457 problem. Anything but a known error becomes a 500 that gives nothing away. */
export function toProblem(error: unknown): Problem {
  const known = isKnownError(error) ? error : fromBodyParser(error);
  if (!known) {
    return {
      type: 'about:blank',
      title: 'Internal error',
      status: 500,
      detail: 'Something went wrong here.',
      code: 'INTERNAL',
    };
  }
  const { category, code } = known;
  const detail = category === 'unavailable' && !(known instanceof ServiceError) ? titles.unavailable : known.message;
  return {
    type: 'about:blank',
    title: titles[category],
    status: statuses[category],
    detail,
    code,
    ...known.extensions,
  };
}

/** What Express and its body parser throw has an http-errors `type`: https://github.com/expressjs/body-parser#errors */
function fromBodyParser(error: unknown): KnownError | undefined {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number' || error.status >= 500)
    return undefined;
  const type = 'type' in error ? error.type : undefined;
  if (type === 'entity.too.large') {
    const most = 'limit' in error ? `${Number(error.limit) / 1024} KiB` : 'is allowed';
    return new ServiceError('content-too-large', 'BODY_TOO_LARGE', `The body is larger than ${most}.`);
  }
  if (error.status === 415)
    return new ServiceError(
      'unsupported-media-type',
      'UNSUPPORTED_ENCODING',
      'The encoding or charset of the body is not supported.',
    );
  if (type === 'entity.parse.failed')
    return new ServiceError('invalid', 'MALFORMED_JSON', 'The body is not well-formed JSON.');
  return new ServiceError('invalid', 'BAD_REQUEST', 'The request is malformed.');
}
