import { STATUS_CODES } from 'node:http';
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

const httpError = (status: number) => Object.assign(new Error('hunter2'), { status });

describe('toProblem', () => {
  it.each(Object.entries(expected) as [ErrorCategory, number][])(
    'toProblem maps a ServiceError of the category %s to the status %i',
    (category, status) => {
      const problem = toProblem(new ServiceError(category, 'SOME_CODE', 'What happened.', { extensions: { id: 'a' } }));
      expect(problem).toEqual({
        type: 'about:blank',
        title: STATUS_CODES[status],
        status,
        detail: 'What happened.',
        code: 'SOME_CODE',
        id: 'a',
      });
    },
  );

  it('toProblem accepts an error of any class that has a category and a code', () => {
    const error = Object.assign(new Error('Too many lines.'), { category: 'unprocessable', code: 'CART_LIMIT' });
    expect(toProblem(error)).toMatchObject({ status: 422, detail: 'Too many lines.', code: 'CART_LIMIT' });
  });

  it('toProblem hides the message of an unavailable error that another library throws', () => {
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
  ])('toProblem returns 500 and hides the message of %s', (_what, error) => {
    expect(isKnownError(error)).toBe(false);
    expect(toProblem(error)).toEqual({
      type: 'about:blank',
      title: 'Internal Server Error',
      status: 500,
      detail: 'An unexpected error occurred. Report the requestId if it persists.',
      code: 'INTERNAL',
    });
  });

  it('toProblem returns 400 BAD_REQUEST for an error of Express with a 4xx status', () => {
    const problem = toProblem(httpError(404));
    expect(problem).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
    expect(JSON.stringify(problem)).not.toContain('hunter2');
  });
});
