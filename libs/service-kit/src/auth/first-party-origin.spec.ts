import type { Request, Response } from 'express';
import { isFirstPartyOrigin, requireFirstPartyOrigin } from './first-party-origin';

const listed = ['http://localhost:3000', 'https://store.example'];
const from = (headers: Record<string, string>) => ({ headers }) as unknown as Request;

const own: [string, Record<string, string>][] = [
  ['a listed origin', { origin: 'http://localhost:3000' }],
  ['the other listed origin', { origin: 'https://store.example' }],
  ['no origin, from the same origin', { 'sec-fetch-site': 'same-origin' }],
];
const foreign: [string, Record<string, string>][] = [
  ['another origin', { origin: 'https://evil.example' }],
  ['another origin that claims the same origin', { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }],
  ['a listed origin as a prefix', { origin: 'http://localhost:3000.evil.example' }],
  ['a listed origin with more digits', { origin: 'http://localhost:30000' }],
  ['a listed origin as a suffix', { origin: 'https://evil.example/https://store.example' }],
  ['a sub-domain', { origin: 'https://blog.store.example' }],
  ['another scheme', { origin: 'http://store.example' }],
  ['another port', { origin: 'https://store.example:8443' }],
  ['a trailing slash', { origin: 'https://store.example/' }],
  ['upper case', { origin: 'HTTPS://STORE.EXAMPLE' }],
  ['the null origin', { origin: 'null' }],
  ['an empty origin', { origin: '' }],
  ['an empty origin that claims the same origin', { origin: '', 'sec-fetch-site': 'same-origin' }],
  ['no origin, from the same site', { 'sec-fetch-site': 'same-site' }],
  ['no origin, from another site', { 'sec-fetch-site': 'cross-site' }],
  ['no origin, typed in by the user', { 'sec-fetch-site': 'none' }],
  ['no header at all', {}],
  ['a referrer alone', { referer: 'https://store.example/' }],
];

const passes = (headers: Record<string, string>) =>
  new Promise<unknown>((resolve) => requireFirstPartyOrigin(listed)(from(headers), {} as Response, resolve));

describe('a first-party origin', () => {
  it.each(own)('%s is a first-party request', async (_what, headers) => {
    expect(isFirstPartyOrigin(from(headers), listed)).toBe(true);
    expect(await passes(headers)).toBeUndefined();
  });

  it.each(foreign)('%s is not a first-party request', async (_what, headers) => {
    expect(isFirstPartyOrigin(from(headers), listed)).toBe(false);
    expect(await passes(headers)).toMatchObject({ category: 'forbidden', code: 'ORIGIN_NOT_ALLOWED' });
  });

  it('no origin is first-party when the list is empty', () => {
    expect(isFirstPartyOrigin(from({ origin: 'http://localhost:3000' }), [])).toBe(false);
  });
});
