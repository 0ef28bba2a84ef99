import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { assembleService, createLogger, ServiceError } from '@badger-store/service-kit';
import { publicRoutes } from '@badger-store/store-api';
import { Router, type NextFunction, type Request, type Response } from 'express';
import request from 'supertest';
import { openSite } from './site';

const folder = mkdtempSync(join(tmpdir(), 'site-spec-'));
const notFoundPage = '<!doctype html><h1>Page not found</h1>';
const script = 'console.log("badger");'.repeat(100);
mkdirSync(join(folder, 'assets'));
writeFileSync(join(folder, 'index.html'), '<!doctype html><div id="root"></div>');
writeFileSync(join(folder, '404.html'), notFoundPage);
writeFileSync(join(folder, 'assets', 'index-abc.js'), script);
writeFileSync(join(folder, 'assets', 'index-abc.js.br'), brotliCompressSync(script));
afterAll(() => rmSync(folder, { recursive: true }));

const site = openSite(folder);
const refuse = (_req: Request, _res: Response, next: NextFunction) =>
  next(new ServiceError('not-found', 'ITEM_NOT_FOUND', 'There is no such item.'));
const routes = Router({ caseSensitive: true }).get('/inventory/items/:id', refuse).use(site.routes);
const config = { PORT: 0, HOST: '127.0.0.1', DRAIN_SECONDS: 1 };
const parts = { routes, findNotFoundPage: site.findNotFoundPage, checks: {}, close: () => Promise.resolve() };
const { app } = assembleService(config, createLogger('spec', 'silent'), parts);
const get = (path: string, headers: Record<string, string> = {}) => request(app).get(path).set(headers);
const browser = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

describe('the site', () => {
  it.each(['/', '/shop', '/shop/items/badger-enamel-mug', '/account', '/account/orders/1'])(
    'serves its page at %s',
    async (path) => {
      const { status, text, headers } = await get(path, browser);
      expect([status, text]).toEqual([200, expect.stringContaining('id="root"')]);
      expect(headers['content-type']).toBe('text/html; charset=utf-8');
      expect(headers['cache-control']).toBe('public, max-age=0');
      expect(headers['content-security-policy']).toContain("script-src 'self';");
      expect(headers['content-security-policy']).not.toMatch(/unsafe|https?:|\*|data:/);
    },
  );

  it('responds with 304 when the browser has the page already', async () => {
    const { headers } = await get('/');
    expect((await get('/shop', { 'If-None-Match': headers.etag ?? '' })).status).toBe(304);
  });

  it('lets a file whose name has its hash be kept for a year, as the build compressed it', async () => {
    const { headers } = await get('/assets/index-abc.js', { 'Accept-Encoding': 'br' });
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(headers['content-encoding']).toBe('br');
    expect(headers['content-length']).toBe(String(brotliCompressSync(script).length));
    expect((await get('/assets/index-abc.js', { 'Accept-Encoding': 'identity' })).text).toBe(script);
  });

  it.each(['/Shop', '/SHOP/items/x', '/shopping', '/accounts', '/nowhere', '/assets/index-abc.js.br', '/shop/'])(
    'responds with %s with a page that says so to a browser, and with a problem to a program',
    async (path) => {
      const page = await get(path, browser);
      expect([page.status, page.text]).toEqual([404, notFoundPage]);
      expect(page.headers['content-security-policy']).toContain("default-src 'none'");
      for (const accept of ['*/*', 'application/json']) {
        const { status, headers } = await get(path, { Accept: accept });
        expect([status, headers['content-type']]).toEqual([404, expect.stringContaining('application/problem+json')]);
      }
    },
  );

  it.each(['/inventory/items/x', '/inventory/items/%2500', '/orders/x/y'])(
    'responds with a problem to a browser too where a route of the API has nothing: %s',
    async (path) => {
      const { status, headers } = await get(path, browser);
      expect([status, headers['content-type']]).toEqual([404, expect.stringContaining('application/problem+json')]);
    },
  );

  it('responds to another method than GET at the address of a page with 405', async () => {
    expect((await request(app).post('/shop')).status).toBe(405);
  });

  it('shares no first part of an address with a route of the API, in any letter case', () => {
    const first = (path: string) => path.split('/')[1]?.toLowerCase();
    const ofApi = new Set(publicRoutes.map(({ path }) => first(path)));
    for (const path of ['/', '/shop', '/account', '/assets']) expect(ofApi.has(first(path))).toBe(false);
  });
});
