import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, get, type IncomingMessage, type RequestListener } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { makeCertificates, until, type Certificates } from '@badger-store/test-kit';
import { createServiceClient } from '../http/service-client';
import { startService, type RunningService } from '../run-service';
import { followTrust } from './tls';

let folder: string;
let own: Certificates;
let next: Certificates;
const cleanUps: (() => unknown)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'https-'));
  own = await makeCertificates(await mkdtemp(join(folder, 'own-')));
  next = await makeCertificates(await mkdtemp(join(folder, 'next-')));
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const pollMs = 10;
const respond: RequestListener = (_req, res) => void res.end('{}');

/** Files that a test can replace, with the content of `certificates`. */
async function copyFiles(certificates: Certificates) {
  const copy = await mkdtemp(join(folder, 'copy-'));
  const files = {
    certificateFile: join(copy, 'tls.crt'),
    keyFile: join(copy, 'tls.key'),
    caFile: join(copy, 'ca.crt'),
  };
  const use = async ({ server }: Certificates) => {
    await copyFile(server.certFile, files.certificateFile);
    await copyFile(server.keyFile, files.keyFile);
  };
  await use(certificates);
  await copyFile(certificates.caFile, files.caFile);
  return { ...files, use };
}

async function serve(certificates = own, app = respond) {
  const files = await copyFiles(certificates);
  const lines: unknown[] = [];
  const log = {
    info: (...line: unknown[]) => void lines.push(...line),
    error: (...line: unknown[]) => void lines.push(...line),
  };
  const expiries: Date[] = [];
  const identity = { ...files, onCertificate: (expiresAt: Date) => void expiries.push(expiresAt), pollMs };
  const running: RunningService = await startService({
    app,
    admin: respond,
    https: { app, port: 0, identity },
    port: 0,
    host: '127.0.0.1',
    drainSeconds: 1,
    lifecycle: { phase: 'starting' },
    log: { ...log } as never,
    close: () => Promise.resolve(),
  });
  cleanUps.push(running.stop);
  return { files, lines, expiries, running, port: running.httpsPort ?? 0 };
}

function createClient(port: number, caFile = own.caFile, host = '127.0.0.1') {
  const errors: unknown[] = [];
  const trust = followTrust(caFile, { error: (...line: unknown[]) => void errors.push(...line) }, pollMs);
  const expiries: Date[] = [];
  const tls = { secureContext: trust.current, onCertificate: (expiresAt: Date) => void expiries.push(expiresAt) };
  const call = createServiceClient({ name: 'stock', urls: [`https://${host}:${port}`], token: () => 't', tls });
  cleanUps.push(trust.close);
  const ask = () => call({ method: 'GET', path: '/', deadlineMs: 5000, read: ({ status }) => status });
  return { ask, errors, expiries };
}

/** The messages of the failed attempts. */
async function getRefusals(ask: () => Promise<unknown>): Promise<string[]> {
  const refused = (await ask().catch((error: unknown) => error)) as Error;
  expect(refused).toMatchObject({ category: 'unavailable', code: 'STOCK_UNAVAILABLE' });
  expect((refused.cause as Error).message).toMatch(/^stock did not respond: No connection to /);
  return (refused.cause as AggregateError).errors.map(String);
}

async function shake(port: number, options = {}): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options });
  cleanUps.push(() => socket.destroy());
  await once(socket, 'secureConnect');
  return socket;
}

it('a service responds on its plain port and on its HTTPS port', async () => {
  const { running, port } = await serve();
  expect(await createClient(port).ask()).toBe(200);
  const [res] = (await once(get({ host: '127.0.0.1', port: running.port }), 'response')) as [IncomingMessage];
  expect(res.statusCode).toBe(200);
  res.resume();
});

it('a service client reports the end of the certificate at each connection', async () => {
  const { port, expiries } = await serve();
  const client = createClient(port);
  await client.ask();
  expect(client.expiries).toEqual(expiries);
  expect(expiries[0]?.getTime()).toBeGreaterThan(Date.now());
});

it('a service client refuses a certificate of an unknown authority', async () => {
  const { port } = await serve();
  expect((await getRefusals(createClient(port, next.caFile).ask))[0]).toMatch(/^ConnectError: .*certificate/);
});

it('a service client refuses a certificate that does not name the host of the URL', async () => {
  const other = await makeCertificates(await mkdtemp(join(folder, 'other-')), ['DNS:other.test']);
  const { port } = await serve(other);
  expect((await getRefusals(createClient(port, other.caFile, 'localhost').ask))[0]).toContain(
    "Host: localhost. is not in the cert's altnames",
  );
});

it('a service client refuses a server without TLS', async () => {
  const plain = createServer(respond).listen(0, '127.0.0.1');
  cleanUps.push(() => plain.close());
  await once(plain, 'listening');
  const { port } = plain.address() as { port: number };
  expect((await getRefusals(createClient(port).ask))[0]).toContain('ConnectError');
});

it('the HTTPS port refuses TLS 1.1 and bytes that are not TLS, and keeps responding', async () => {
  const { port, lines } = await serve();
  await expect(
    shake(port, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' }),
  ).rejects.toThrow();
  const plain = connectTcp(port, '127.0.0.1').on('error', () => undefined);
  plain.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await once(plain, 'close');
  await until('the failed handshakes are logged', () => lines.filter((l) => l === 'TLS handshake failed').length === 2);
  expect(await createClient(port).ask()).toBe(200);
});

it('a draining service ends a TLS handshake that does not proceed', async () => {
  const { port, running } = await serve();
  const silent = connectTcp(port, '127.0.0.1').on('error', () => undefined);
  await once(silent, 'connect');
  const closed = once(silent, 'close');
  const startedAt = performance.now();
  await running.stop();
  await closed;
  expect(performance.now() - startedAt).toBeLessThan(5000);
});

it('certificate, key and authority are replaced under load without a failed request', async () => {
  const { port, files, expiries } = await serve();
  const client = createClient(port, files.caFile);
  let asked = 0;
  let isDone = false;
  const load = Array.from({ length: 8 }, async () => {
    while (!isDone) {
      expect(await client.ask()).toBe(200);
      asked += 1;
      // Above the life of an idle connection now and then, so that new connections are made.
      if (Math.random() < 0.05) await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
  const getFingerprint = async () => (await shake(port)).getPeerCertificate().fingerprint256;
  const before = await getFingerprint();
  await writeFile(files.caFile, `${await readFile(own.caFile, 'utf8')}${await readFile(next.caFile, 'utf8')}`);
  await new Promise((resolve) => setTimeout(resolve, 100));
  await files.use(next);
  await until('the new certificate is shown', async () => (await getFingerprint()) !== before);
  await copyFile(next.caFile, files.caFile);
  await new Promise((resolve) => setTimeout(resolve, 300));
  isDone = true;
  await Promise.all(load);
  expect(asked).toBeGreaterThan(100);
  expect(expiries).toHaveLength(2);
  // Only the new authority is trusted by new connections.
  const { ask } = createClient(port, files.caFile);
  expect(await ask()).toBe(200);
});

it('a service keeps its certificate and logs an error when a new one cannot be used', async () => {
  const { port, files, lines } = await serve();
  await copyFile(next.server.keyFile, files.keyFile);
  await until('the mismatch is logged', () => lines.some((line) => String(line).includes('unusable')));
  expect(await createClient(port).ask()).toBe(200);
  await files.use(next);
  await until('the new certificate is used', () => lines.includes('new certificate in use'));
  expect(await createClient(port, next.caFile).ask()).toBe(200);
});

it('a client keeps the authorities and logs an error when a new file cannot be used', async () => {
  const { port, files } = await serve();
  const client = createClient(port, files.caFile);
  await writeFile(files.caFile, 'senseless');
  await until('the failure is logged', () => client.errors.some((line) => String(line).includes('unusable')));
  expect(await client.ask()).toBe(200);
});
