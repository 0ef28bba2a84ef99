import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { serveLocally, type LocalServer } from '@badger-store/test-kit';
import { Router } from 'express';
import request from 'supertest';
import { assembleService } from '../assemble-service';
import { createLogger } from '../logger';
import { ServiceError } from '../problems';
import { requireScope, requireUser, getUser, type UserRequest } from './require-user';
import type { VerifyAccessToken } from './access-token';

const verify = jest.fn<ReturnType<VerifyAccessToken>, Parameters<VerifyAccessToken>>((token) =>
  token === 'good.token_-~+/='
    ? Promise.resolve({
        id: 'g-1',
        kind: 'guest',
        sessionId: 's-1',
        scopes: new Set(['cart']),
        sessionVersion: 0,
        issuedAt: 0,
      })
    : Promise.reject(new ServiceError('unauthenticated', 'INVALID_TOKEN', 'Not valid.')),
);

const bearer = requireUser(verify);
const routes = Router()
  .get('/mine', bearer, (req, res) => void res.json({ userToken: (req as Partial<UserRequest>).userToken }))
  .get('/cart', bearer, requireScope('cart'), (req, res) => void res.json({ id: getUser(req).id }))
  .get('/checkout', bearer, requireScope('checkout'), (_req, res) => void res.json({}))
  .get('/scope-alone', requireScope('cart'), (_req, res) => void res.json({}))
  .get('/user-alone', (req, res) => void res.json(getUser(req)));

let server: LocalServer;
beforeAll(async () => {
  const config = { PORT: 0, HOST: '127.0.0.1', DRAIN_SECONDS: 0 };
  const parts = { routes, checks: {}, close: () => Promise.resolve() };
  server = await serveLocally(assembleService(config, createLogger('spec', 'silent'), parts).app);
});
afterAll(() => server.close());
beforeEach(() => verify.mockClear());

const ask = (path: string, authorization?: string) => {
  const asked = request(server.url).get(path);
  return authorization === undefined ? asked : asked.set('Authorization', authorization);
};

describe('a route that needs a user', () => {
  it.each(['Bearer', 'bearer'])('requireUser sets the user when the scheme is written %s', async (scheme) => {
    const res = await ask('/mine', `${scheme} good.token_-~+/=`);
    expect(res.status).toBe(200);
    expect(res.body).toEqual({ userToken: 'g-1' });
  });

  it.each([
    ['no header', undefined],
    ['Basic credentials', 'Basic Z29vZA=='],
    ['the token alone', 'good.token_-~+/='],
    ['an empty token', 'Bearer '],
    ['two tokens', 'Bearer good.token_-~+/=, Bearer good.token_-~+/='],
  ])('requireUser responds with 401 to %s without verifying a token', async (_what, authorization) => {
    const res = await ask('/mine', authorization);
    expect(res.status).toBe(401);
    expect(res.body.code).toBe('NO_TOKEN');
    expect(res.get('www-authenticate')).toBe('Bearer');
    expect(verify).not.toHaveBeenCalled();
  });

  it('requireUser responds with 400 to two Authorization headers', async () => {
    const headers: [string, string][] = [
      ['Authorization', 'Bearer good.token_-~+/='],
      ['authorization', 'Bearer other'],
    ];
    const [res] = (await once(get(server.url, { path: '/mine', headers: headers.flat() }), 'response')) as [
      IncomingMessage,
    ];
    res.resume();
    expect(res.statusCode).toBe(400);
    expect(verify).not.toHaveBeenCalled();
  });

  it.each([
    ['"x"', 412],
    ['*', 200],
  ])('requireUser responds to If-Match: %s with %i', async (tag, status) => {
    const res = await ask('/mine', 'Bearer good.token_-~+/=').set('If-Match', tag);
    expect(res.status).toBe(status);
  });

  it.each(['access_token', 'token', 'userToken'])(
    'requireUser ignores a token in the query parameter %s',
    async (name) => {
      const res = await ask(`/mine?${name}=${encodeURIComponent('good.token_-~+/=')}`);
      expect(res.status).toBe(401);
      expect(verify).not.toHaveBeenCalled();
    },
  );

  it('requireUser responds with 401 to an invalid token', async () => {
    const res = await ask('/mine', 'Bearer other');
    expect(res.status).toBe(401);
    expect(res.get('www-authenticate')).toBe('Bearer error="invalid_token"');
  });
});

describe('a route that needs a scope', () => {
  it('requireScope passes a user who has the scope', async () => {
    expect((await ask('/cart', 'Bearer good.token_-~+/=')).body).toEqual({ id: 'g-1' });
  });

  it('requireScope responds with 403 to a user who lacks the scope', async () => {
    const res = await ask('/checkout', 'Bearer good.token_-~+/=');
    expect(res.status).toBe(403);
    expect(res.body.code).toBe('MISSING_SCOPE');
  });

  it('requireScope and getUser fail on a route without requireUser', async () => {
    expect((await ask('/scope-alone')).status).toBe(403);
    expect((await ask('/user-alone')).status).toBe(500);
  });
});
