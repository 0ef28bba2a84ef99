import express from 'express';
import request from 'supertest';
import { docsRoutes } from './docs.routes';

const app = express().use(docsRoutes());

describe('the page of the API', () => {
  it('runs no script and uses no style that is not a file of this origin', async () => {
    const { status, text, headers } = await request(app).get('/docs');
    expect(status).toBe(200);
    const policy = headers['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(text).not.toMatch(/<style|<script>|\son\w+=|\sstyle=/);
    const addresses = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address);
    for (const address of addresses.filter((each) => each !== 'data:,')) {
      expect(address).toMatch(/^\/(docs\/[\w.-]+|openapi\.json)$/);
      expect([address, (await request(app).get(address)).status]).toEqual([address, 200]);
    }
  });

  it('is never put together from two releases: each file of it is asked about, and sent again if it changed', async () => {
    for (const path of ['/docs', '/docs/docs.css', '/docs/docs.js', '/docs/swagger-ui-bundle.js']) {
      const { headers } = await request(app).get(path);
      expect([path, headers['cache-control'], headers.etag]).toEqual([path, 'no-cache', expect.any(String)]);
      const statusOf = async (etag = '') => (await request(app).get(path).set('If-None-Match', etag)).status;
      expect([await statusOf(headers.etag), await statusOf('"another"')]).toEqual([304, 200]);
    }
  });

  it('has nothing to load but its own few files', async () => {
    for (const path of ['/docs/index.html', '/docs/package.json', '/docs/..%2f..%2fmain.ts', '/docs/docs.routes.ts']) {
      expect((await request(app).get(path)).status).toBe(404);
    }
  });
});

it('the description is an OpenAPI 3.1 document, open to every page', async () => {
  const { status, body, headers } = await request(app).get('/openapi.json');
  expect([status, body.openapi, headers['access-control-allow-origin']]).toEqual([200, '3.1.0', '*']);
});
