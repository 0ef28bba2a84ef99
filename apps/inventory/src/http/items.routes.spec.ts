import { assembleService, createLogger } from '@badger-store/service-kit';
import { serveLocally, until, type LocalServer } from '@badger-store/test-kit';
import { Router } from 'express';
import request from 'supertest';
import type { Catalogue, CataloguePage, CatalogueQuery } from '../domain/catalogue';
import { addItemRoutes } from './items.routes';

const searches: ((page: CataloguePage) => void)[] = [];
const page = (query: CatalogueQuery) =>
  query.words.length === 0
    ? Promise.resolve({ items: [] })
    : new Promise<CataloguePage>((resolve) => searches.push(resolve));
let server: LocalServer;
beforeAll(async () => {
  const routes = Router({ caseSensitive: true });
  addItemRoutes(routes, { page } as Partial<Catalogue> as Catalogue);
  const config = { PORT: 0, HOST: '127.0.0.1', DRAIN_SECONDS: 1 };
  const parts = { routes, checks: {}, close: () => Promise.resolve() };
  server = await serveLocally(assembleService(config, createLogger('spec', 'silent'), parts).app);
});
afterAll(() => server.close());

const getItems = (query = '') => request(server.url).get(`/inventory/items${query}`);

it('the thirteenth concurrent search is refused, and a list without search words is read', async () => {
  const running = Array.from({ length: 12 }, async () => (await getItems('?search=mug')).status);
  await until('twelve searches run', () => searches.length === 12);
  const { status, body, headers } = await getItems('?search=mug');
  expect([status, headers['retry-after']]).toEqual([503, '1']);
  expect(body).toMatchObject({ code: 'BUSY' });
  expect((await getItems()).status).toBe(200);
  for (const resolve of searches) resolve({ items: [] });
  expect(new Set(await Promise.all(running))).toEqual(new Set([200]));
});
