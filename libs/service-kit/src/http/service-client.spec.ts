import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { serveLocally, type LocalServer } from '@badger-store/test-kit';
import { createServiceClient, type ServiceResponse } from './service-client';

const servers: LocalServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

/** A replica, and the requests that came to it, without the probes of an upstream that seems silent. */
async function replica(listener: RequestListener = respondWith({})) {
  const asked: { method?: string; url?: string; authorization?: string; body: string }[] = [];
  const server = await serveLocally(async (req: IncomingMessage, res: ServerResponse) => {
    const { method, url, headers } = req;
    if (url === '/livez') return void res.end();
    asked.push({ method, url, authorization: headers.authorization, body: await text(req) });
    listener(req, res);
  });
  servers.push(server);
  return { url: server.url, asked };
}
async function gone() {
  const { url } = await replica();
  await servers.pop()?.close();
  return url;
}
const respondWith =
  (body: unknown, status = 200): RequestListener =>
  (_req, res) =>
    void res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
const hang: RequestListener = () => undefined;

const read = (response: ServiceResponse) => response;
const client = (...urls: string[]) => createServiceClient({ name: 'stock', urls, token: () => 'service-token' });
const call = { method: 'POST' as const, path: '/internal/things?a=b', deadlineMs: 2000, read };

it('a service client sends method, path, body and token, and passes status and body to read', async () => {
  const { url, asked } = await replica(respondWith({ code: 'NO' }, 409));
  const response = await client(url)({ ...call, body: { id: 'a' } });
  expect(response).toEqual({ status: 409, body: { code: 'NO' } });
  expect(asked).toEqual([
    { method: 'POST', url: '/internal/things?a=b', authorization: 'Bearer service-token', body: '{"id":"a"}' },
  ]);
});

it('a service client uses its addresses in turn', async () => {
  const [one, other] = [await replica(), await replica()];
  const ask = client(one.url, other.url);
  for (let i = 0; i < 10; i += 1) await ask(call);
  expect([one.asked.length, other.asked.length]).toEqual([5, 5]);
});

it('each of fifty concurrent calls succeeds when one of two addresses is down', async () => {
  const [down, there] = [await gone(), await replica()];
  const ask = client(down, there.url);
  await Promise.all(Array.from({ length: 50 }, () => ask(call)));
  expect(there.asked).toHaveLength(50);
});

it('a service client repeats a call at its only address when the connection was closed', async () => {
  let times = 0;
  const { url } = await replica((req, res) => {
    if (++times < 3) req.socket.destroy();
    else respondWith({})(req, res);
  });
  expect(await client(url)(call)).toEqual({ status: 200, body: {} });
});

it.each<[string, RequestListener]>([
  ['a status of 500 and above', respondWith({}, 503)],
  ['what is no JSON', (_req, res) => void res.end('<html>')],
  ['a redirect', (_req, res) => void res.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
])('a service client calls the next address after %s', async (_what, listener) => {
  const [bad, good] = [await replica(listener), await replica(respondWith({ ok: true }))];
  expect(await client(bad.url, good.url)(call)).toEqual({ status: 200, body: { ok: true } });
  expect([bad.asked.length, good.asked.length]).toEqual([1, 1]);
});

it('a service client calls the next address after an unusable response', async () => {
  const [bad, good] = [await replica(respondWith({ ok: false })), await replica(respondWith({ ok: true }))];
  const readOk = ({ body }: ServiceResponse) => {
    if (!(body as { ok: boolean }).ok) throw new Error('another question');
    return 'read';
  };
  expect(await client(bad.url, good.url)({ ...call, read: readOk })).toBe('read');
});

it('a service client rejects after three responses with the error of each attempt', async () => {
  const [down, broken] = [await gone(), await replica(respondWith({}, 500))];
  const refused = await client(down, broken.url)(call).catch((error: unknown) => error);
  expect(refused).toMatchObject({ category: 'unavailable', code: 'STOCK_UNAVAILABLE' });
  expect(((refused as Error).cause as AggregateError).errors.map(String)).toEqual([
    expect.stringContaining('ECONNREFUSED'),
    'Error: stock responded with status 500',
    'Error: stock responded with status 500',
    expect.stringContaining('ECONNREFUSED'),
    'Error: stock responded with status 500',
  ]);
});

it('a service client finds the one address of five that accepts connections', async () => {
  const down = await Promise.all([1, 2, 3, 4].map(() => gone()));
  const { url } = await replica();
  expect(await client(...down, url)(call)).toEqual({ status: 200, body: {} });
});

it('a service client has one deadline for all attempts', async () => {
  const { url, asked } = await replica(hang);
  await expect(client(url)({ ...call, deadlineMs: 100 })).rejects.toMatchObject({ code: 'STOCK_UNAVAILABLE' });
  expect(asked).toHaveLength(1);
});
