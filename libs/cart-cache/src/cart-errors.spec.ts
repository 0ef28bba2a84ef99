import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as errors from './index';

/** As a program that imports the package and requires it has it. */
function loadCopy(): typeof errors {
  let copy: typeof errors | undefined;
  jest.isolateModules(() => (copy = require('./index')));
  return copy as typeof errors;
}

const create = (copy: typeof errors) => ({
  CartLimitError: new copy.CartLimitError('TOO_MANY_LINES', 100),
  CheckoutInProgressError: new copy.CheckoutInProgressError(1000),
  EmptyCartError: new copy.EmptyCartError(),
  IdempotencyKeyReusedError: new copy.IdempotencyKeyReusedError('key'),
  InvalidCartInputError: new copy.InvalidCartInputError('A quantity is a whole number.'),
  InvalidOptionError: new copy.InvalidOptionError('ttlSeconds', 'must be a number'),
  ItemNotInCartError: new copy.ItemNotInCartError('mug'),
  RedisUnavailableError: new copy.RedisUnavailableError('Redis is not connected', false),
});
type Name = keyof ReturnType<typeof create>;
const names = Object.keys(create(errors)) as Name[];

it.each(names)('%s is an instance of its own class and of CartError, also of another copy of the package', (name) => {
  const copy = loadCopy();
  const error: unknown = create(copy)[name];
  expect(error instanceof copy[name]).toBe(true);
  expect(Object.getPrototypeOf(error) === errors[name].prototype).toBe(false);
  expect(names.filter((other) => error instanceof errors[other])).toEqual([name]);
  expect(error instanceof errors.CartError).toBe(true);
  expect(error instanceof Error).toBe(true);
  expect(error).toMatchObject({ name, code: expect.stringMatching(/^[A-Z_]+$/), category: expect.any(String) });
});

it('other values are instances of no class of the carts', () => {
  class OwnError extends errors.EmptyCartError {}
  for (const value of [new Error('x'), null, undefined, 'text', {}, Object.create(null)]) {
    expect(value instanceof errors.CartError).toBe(false);
    expect(value instanceof errors.RedisUnavailableError).toBe(false);
  }
  expect(new OwnError() instanceof OwnError).toBe(true);
  expect(new OwnError() instanceof errors.EmptyCartError).toBe(true);
  expect(new errors.EmptyCartError() instanceof OwnError).toBe(false);
});

it('README.md lists every code', () => {
  const codes = readFileSync(join(__dirname, 'cart-errors.ts'), 'utf8').match(/\b[A-Z]+(_[A-Z]+)+\b/g) ?? [];
  expect(codes).toContain('TOO_MANY_LINES');
  const readme = readFileSync(join(__dirname, '../README.md'), 'utf8');
  expect(codes.filter((code) => !readme.includes(`\`${code}\``))).toEqual([]);
});
