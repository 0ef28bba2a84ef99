import { resolve } from 'node:path';
import { ServiceError, toProblem, type ErrorCategory } from '@badger-store/service-kit';
import { getProblemCodes, operations, problemTypes, type ProblemCode } from '@badger-store/store-api';
import { readSources } from './sources';

/** Codes that no client of the store sees: of routes for other services, of Stripe's events, of options in code. */
const internalCodes = [
  'INVALID_EVENT',
  'INVALID_OPTION',
  'PAYMENT_EVENT_PENDING',
  'RESERVATION_COMMITTED',
  'RESERVATION_DIFFERS',
  'RESERVATION_NOT_FOUND',
  'RESERVATION_RELEASED',
];

const literal = /(?:new \w+Error|super)\(\s*'([a-z-]+)',\s*'([A-Z_]+)'/g;
const members = /readonly category = '([a-z-]+)'(?: as const)?;\s*(?:override )?readonly code = '([A-Z_]+)'/g;
const thrown = readSources(resolve(__dirname, '../../../..')).flatMap(({ path, text }) =>
  [...text.matchAll(literal), ...text.matchAll(members)].map(([, category, code]) => ({
    path,
    category: category as ErrorCategory,
    code: code as string,
  })),
);
const documented = Object.entries(problemTypes);

it('the sources throw problems', () => {
  const codes = thrown.map(({ code }) => code);
  expect(codes).toEqual(expect.arrayContaining(['ITEM_NOT_FOUND', 'OUT_OF_STOCK', 'WEAK_PASSWORD', 'EMPTY_CART']));
});

it.each(thrown)('problemTypes has $code, which $path throws, with the status of $category', ({ category, code }) => {
  if (internalCodes.includes(code)) return;
  const { status } = toProblem(new ServiceError(category, code, ''));
  expect(documented.map(([known, type]) => `${known} ${type.status}`)).toContain(`${code} ${status}`);
});

it('no internal code is documented or unused', () => {
  const codes = thrown.map(({ code }) => code);
  expect(internalCodes.filter((code) => code in problemTypes || !codes.includes(code))).toEqual([]);
});

/** Codes that no operation lists: of HTTP itself, and of cart-cache for what the routes refuse before. */
const sharedCodes = [
  'EXPECTATION_FAILED',
  'HEADERS_TOO_LARGE',
  'INVALID_CART_INPUT',
  'METHOD_NOT_ALLOWED',
  'METHOD_NOT_IMPLEMENTED',
  'REQUEST_TOO_SLOW',
  'UNKNOWN_TRANSFER_CODING',
  'VERSION_NOT_SUPPORTED',
];

it('each other documented code is listed by an operation', () => {
  const listed = new Set<string>(operations.flatMap(getProblemCodes));
  expect(
    Object.keys(problemTypes)
      .filter((code) => !listed.has(code))
      .sort(),
  ).toEqual(sharedCodes);
});

const ofServices = thrown.flatMap(({ path, code }) => {
  const service = /^apps\/(\w+)\//.exec(path)?.[1];
  return service === undefined || [...internalCodes, ...sharedCodes].includes(code)
    ? []
    : [{ service, path, code: code as ProblemCode }];
});

it.each(ofServices)('an operation of $service lists $code, which $path throws', ({ service, code }) => {
  // The gateway forwards the operations of all services.
  const served = operations.filter(({ servedBy }) => service === 'gateway' || servedBy === service);
  expect(served.flatMap(getProblemCodes)).toContain(code);
});
