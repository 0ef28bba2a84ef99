import { operations } from '@badger-store/store-api';
import type { Request, Response } from 'express';
import { createCors } from './cors';

/** Of a request from a page of any origin. */
function getAllowedOrigin(path: string): unknown {
  const set = jest.fn();
  const req = { path, method: 'GET', headers: { origin: 'https://example.com' } } as unknown as Request;
  createCors([])(req, { set, setHeader: () => undefined } as unknown as Response, () => undefined);
  return set.mock.calls[0]?.[0]['Access-Control-Allow-Origin'];
}

it('pages of any origin read catalogue and documents', () => {
  for (const path of ['/inventory/items', '/openapi.json', '/docs/', '/.well-known/jwks.json']) {
    expect([path, getAllowedOrigin(path)]).toEqual([path, '*']);
  }
});

it('pages of any origin read no response that is not the same for everybody', () => {
  const personal = operations.filter(({ response }) => !response.isPublic);
  expect(personal.filter(({ path }) => getAllowedOrigin(path) !== undefined).map(({ id }) => id)).toEqual([]);
});

it('pages of the store send requests of every method that an operation has', () => {
  const setHeader = jest.fn();
  const headers = { origin: 'https://store.example', 'access-control-request-method': 'GET' };
  const res = { setHeader, hasHeader: () => true, status: () => ({ end: () => undefined }) } as unknown as Response;
  createCors(['https://store.example'])(
    { path: '/', method: 'OPTIONS', headers } as unknown as Request,
    res,
    () => undefined,
  );
  const { 'Access-Control-Allow-Methods': allowed } = Object.fromEntries(setHeader.mock.calls);
  const methods = operations.map(({ method }) => method.toUpperCase());
  expect(methods.filter((method) => !allowed.split(', ').includes(method))).toEqual([]);
});
