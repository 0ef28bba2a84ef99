import { resolve } from 'node:path';
import { ServiceError, toProblem, type ErrorCategory } from '@badger-store/service-kit';
import { problemTypes } from '@badger-store/store-api';
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

const literal = /(?:new ServiceError|super)\(\s*'([a-z-]+)',\s*'([A-Z_]+)'/g;
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
