import { serveLocally, type LocalServer } from '@badger-store/test-kit';
import { Router } from 'express';
import request from 'supertest';
import { createServiceApp } from '../create-app';
import { createLogger } from '../logger';
import { requireFreshRevocations } from './revocations';

let stale: boolean;
let server: LocalServer;
beforeAll(async () => {
  const routes = Router().get('/orders', requireFreshRevocations({ isStale: () => stale }), (_req, res) => {
    res.json({});
  });
  const log = createLogger('spec', 'silent');
  server = await serveLocally(createServiceApp({ log, routes, checks: {}, separateAdmin: true }).app);
});
afterAll(() => server.close());

it('a route that needs fresh revocations answers 503 while they are stale, and goes on afterwards', async () => {
  stale = true;
  const refused = await request(server.url).get('/orders');
  expect(refused.status).toBe(503);
  expect(refused.body.code).toBe('REVOCATIONS_STALE');
  expect(refused.get('retry-after')).toBe('1');
  stale = false;
  expect((await request(server.url).get('/orders')).status).toBe(200);
});
