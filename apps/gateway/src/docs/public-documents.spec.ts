import express from 'express';
import request from 'supertest';
import { publicDocuments } from './public-documents';

const app = express().use(publicDocuments(() => []));

describe('API page', () => {
  it('the API page loads scripts and styles from this origin only', async () => {
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

  it('public documents are cached for a minute, with an ETag of their content', async () => {
    const replica = express().use(publicDocuments(() => []));
    for (const path of ['/docs', '/docs/docs.css', '/docs/docs.js', '/docs/swagger-ui-bundle.js', '/openapi.json']) {
      const { headers } = await request(app).get(path);
      expect([path, headers['cache-control'], headers.etag]).toEqual([
        path,
        'public, max-age=60',
        expect.stringMatching(/^"[\w-]+"$/),
      ]);
      const getStatus = async (etag = '') => (await request(replica).get(path).set('If-None-Match', etag)).status;
      expect([await getStatus(headers.etag), await getStatus('"another"')]).toEqual([304, 200]);
    }
  });

  it('the folder of the API page serves no other files', async () => {
    for (const path of [
      '/docs/index.html',
      '/docs/package.json',
      '/docs/..%2f..%2fmain.ts',
      '/docs/public-documents.ts',
    ]) {
      expect((await request(app).get(path)).status).toBe(404);
    }
  });
});

it('/openapi.json is an OpenAPI 3.1 document', async () => {
  const { status, body } = await request(app).get('/openapi.json');
  expect([status, body.openapi]).toEqual([200, '3.1.0']);
});
