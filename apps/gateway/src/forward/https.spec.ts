import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { assembleService, createLogger } from '@badger-store/service-kit';
import { makeCertificates, serveLocally, type Certificates } from '@badger-store/test-kit';
import { Router } from 'express';
import request from 'supertest';
import { createForwarder } from './forwarder';

let folder: string;
let own: Certificates;
let unknown: Certificates;
const cleanUps: (() => unknown)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'forward-https-'));
  own = await makeCertificates(await mkdtemp(join(folder, 'own-')), ['DNS:localhost']);
  unknown = await makeCertificates(await mkdtemp(join(folder, 'unknown-')), ['DNS:localhost']);
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A gateway that trusts `own` and forwards to an upstream with the certificate of `shown`, and what the gateway logs. */
async function forwardTo(shown: Certificates, host = 'localhost') {
  const asked: string[] = [];
  const upstream = await serveLocally((req, res) => {
    if (req.url !== '/livez') asked.push(`${req.method} ${req.headers.host}`);
    res.end('secret');
  }, shown.server);
  const context = createSecureContext({ ca: readFileSync(own.caFile) });
  const { forward, close } = createForwarder({
    name: 'spec',
    urls: [`https://${host}:${upstream.port}`],
    deadlineMs: 2000,
    tls: { secureContext: () => context, onCertificate: () => undefined },
  });
  const lines: string[] = [];
  const log = createLogger('spec', 'info', { write: (line: string) => void lines.push(line) });
  const config = { PORT: 0, HOST: '127.0.0.1', DRAIN_SECONDS: 1 };
  const parts = { routes: Router().use(forward), checks: {}, close: async () => close() };
  const gateway = await serveLocally(assembleService(config, log, parts).app);
  cleanUps.push(upstream.close, close, gateway.close);
  return { gateway, upstream, asked, lines };
}

it('the forwarder forwards over https, with the host of the URL', async () => {
  const { gateway, upstream, asked } = await forwardTo(own);
  const res = await request(gateway.url).post('/some/path').send('body');
  expect([res.status, res.text, asked]).toEqual([200, 'secret', [`POST localhost:${upstream.port}`]]);
});

it.each([
  ['an unknown authority', () => forwardTo(unknown), /certificate/],
  ['another host', () => forwardTo(own, '127.0.0.1'), /127\.0\.0\.1 is not in the cert's list/],
])(
  'the forwarder sends nothing, responds with 503 and logs the reason when a certificate is of %s',
  async (_what, start, reason) => {
    const { gateway, asked, lines } = await start();
    const res = await request(gateway.url).post('/some/path').send('body');
    expect(res.status).toBe(503);
    expect(res.body).toMatchObject({ code: 'UPSTREAM_DOWN' });
    expect(asked).toEqual([]);
    expect(lines.join('')).toMatch(reason);
  },
);
