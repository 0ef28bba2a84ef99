import { serveLocally, type LocalServer } from '@badger-store/test-kit';
import { Router } from 'express';
import request from 'supertest';
import { assembleService } from '../assemble-service';
import { createLogger } from '../logger';
import { requireFreshRevocations } from './require-user';

let stale: boolean;
let server: LocalServer;
beforeAll(async () => {
  const routes = Router().get('/orders', requireFreshRevocations({ isStale: () => stale }), (_req, res) => {
    res.json({});
  });
  const config = { PORT: 0, HOST: '127.0.0.1', DRAIN_SECONDS: 0 };
  const parts = { routes, checks: {}, close: () => Promise.resolve() };
  server = await serveLocally(assembleService(config, createLogger('spec', 'silent'), parts).app);
});
afterAll(() => server.close());

it('requireFreshRevocations responds with 503 while the revocations are stale', async () => {
  stale = true;
  const refused = await request(server.url).get('/orders');
  expect(refused.status).toBe(503);
  expect(refused.body.code).toBe('REVOCATIONS_STALE');
  expect(refused.get('retry-after')).toBe('1');
  stale = false;
  expect((await request(server.url).get('/orders')).status).toBe(200);
});
