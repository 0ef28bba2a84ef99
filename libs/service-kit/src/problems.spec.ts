import { isKnownError, ServiceError, toProblem, type ErrorCategory } from './problems';

const expected: Record<ErrorCategory, number> = {
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

const httpError = (status: number, type?: string) => Object.assign(new Error('hunter2'), { status, type });

describe('a problem', () => {
  it.each(Object.entries(expected) as [ErrorCategory, number][])(
    'a ServiceError of the category %s has the status %i',
    (category, status) => {
      const problem = toProblem(new ServiceError(category, 'SOME_CODE', 'What happened.', { extensions: { id: 'a' } }));
      expect(problem).toEqual({
        type: 'about:blank',
        title: expect.stringMatching(/^[A-Z]/),
        status,
        detail: 'What happened.',
        code: 'SOME_CODE',
        id: 'a',
      });
    },
  );

  it('is made from an error of the right shape, of whatever class', () => {
    const error = Object.assign(new Error('Too many lines.'), { category: 'unprocessable', code: 'CART_LIMIT' });
    expect(toProblem(error)).toMatchObject({ status: 422, detail: 'Too many lines.', code: 'CART_LIMIT' });
  });

  it('does not tell what another library says about being unavailable', () => {
    const error = Object.assign(new Error('redis://user:hunter2@10.0.0.7 refused'), {
      category: 'unavailable',
      code: 'REDIS_UNAVAILABLE',
    });
    const problem = toProblem(error);
    expect(problem).toMatchObject({ status: 503, code: 'REDIS_UNAVAILABLE' });
    expect(JSON.stringify(problem)).not.toMatch(/redis:|hunter2/);
  });

  it.each([
    ['an error', new Error('hunter2')],
    ['an error with a code of its own', Object.assign(new Error('hunter2'), { code: 'hunter2', detail: 'hunter2' })],
    ['an error of an unknown category', Object.assign(new Error('hunter2'), { code: 'hunter2', category: 'hunter2' })],
    [
      'a category that every object inherits',
      Object.assign(new Error('hunter2'), { code: 'X', category: 'constructor' }),
    ],
    ['a 5xx of another library', httpError(503)],
    ['an object that is no error', { category: 'invalid', code: 'hunter2', message: 'hunter2' }],
    ['a string', 'hunter2'],
    ['nothing', undefined],
  ])('gives nothing away about %s', (_what, error) => {
    expect(isKnownError(error)).toBe(false);
    expect(toProblem(error)).toEqual({
      type: 'about:blank',
      title: 'Internal error',
      status: 500,
      detail: 'Something went wrong here.',
      code: 'INTERNAL',
    });
  });

  it.each([
    [413, 'entity.too.large', 413, 'BODY_TOO_LARGE'],
    [415, 'encoding.unsupported', 415, 'UNSUPPORTED_ENCODING'],
    [415, 'charset.unsupported', 415, 'UNSUPPORTED_ENCODING'],
    [400, 'entity.parse.failed', 400, 'MALFORMED_JSON'],
    [400, 'request.aborted', 400, 'BAD_REQUEST'],
    [400, undefined, 400, 'BAD_REQUEST'],
  ])('of the body parser’s %i %s is %i %s, in words of its own', (from, type, status, code) => {
    const problem = toProblem(httpError(from, type));
    expect(problem).toMatchObject({ status, code });
    expect(JSON.stringify(problem)).not.toContain('hunter2');
  });
});
