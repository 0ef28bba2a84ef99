import { Redis } from 'ioredis';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CartError, createCarts, InvalidOptionError, type CartSettings } from './index';

const url = 'redis://user:secret@127.0.0.1:1';

const refusal = (options: object): unknown => {
  try {
    createCarts(options as never);
  } catch (error) {
    return error;
  }
  return 'no error';
};

const noWholeNumbers = [NaN, Infinity, 0, -1, 1.5, '60', null];
/** The compiler names an option without wrong values. */
const wrongSettings: Readonly<Record<keyof CartSettings, readonly unknown[]>> = {
  ttlSeconds: [...noWholeNumbers, 1e12],
  maxLines: noWholeNumbers,
  maxQuantity: noWholeNumbers,
  maxDataBytes: noWholeNumbers,
  checkoutLeaseSeconds: [NaN, Infinity, 0, -1, '30', null],
  keyPrefix: [7, null, '{', 'a}', '\ud800'],
};

it.each(Object.keys(wrongSettings))('README.md describes the option %s', (option) => {
  expect(readFileSync(join(__dirname, '../README.md'), 'utf8')).toMatch(new RegExp(`^\\|.*\`${option}\`.*\\|`, 'm'));
});

it.each([
  ...Object.entries(wrongSettings).flatMap(([option, values]) => values.map((value) => [option, value])),
  ...[NaN, Infinity, 0, -1, 30_001, '500', null].map((value) => ['deadlineMs', value]),
  ...[7, 'log', null].flatMap((value) => [
    ['onEvent', value],
    ['onCall', value],
  ]),
])('createCarts refuses %s: %p by name', (option, value) => {
  for (const redis of [url, new Redis({ lazyConnect: true })]) {
    const error = refusal({ redis, [String(option)]: value });
    expect(error).toBeInstanceOf(InvalidOptionError);
    expect(error).toBeInstanceOf(CartError);
    expect(error).toMatchObject({ option, code: 'INVALID_OPTION', message: expect.stringContaining(String(option)) });
  }
});

it.each([
  ['redis', { redis: 7 }],
  ['redis', { redis: null }],
  ['redis', { redis: undefined }],
  ['redis', { redis: {} }],
  ['url', { redis: 'http://user:secret@host' }],
  ['url', { redis: '' }],
  ['url', {}],
  ['url', { url: undefined }],
  ['url', { url, clusterNodes: [{ host: 'secret', port: 1 }] }],
  ['clusterNodes', { clusterNodes: 'secret' }],
  ['clusterNodes', { clusterNodes: [{ host: 'secret', port: '6379' }] }],
  ['sentinels', { sentinels: [{ host: '', port: 1 }], sentinelName: 'store' }],
  ['sentinelName', { sentinels: [{ host: 'a', port: 1 }] }],
  ['password', { url, password: 7 }],
  ['tls', { url, tls: true }],
  ['tls.caFile', { url: 'rediss://host', tls: { caFile: 7 } }],
  ['options', null],
  ['options', undefined],
])('createCarts names %s when it gets %j, and never repeats a secret', (option, options) => {
  const error = refusal(options as object);
  expect(error).toMatchObject({ option, code: 'INVALID_OPTION' });
  expect(String(error)).not.toContain('secret');
});
