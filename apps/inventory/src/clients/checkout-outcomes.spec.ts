import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { createServiceClient } from '@badger-store/service-kit';
import { serveLocally, type LocalServer } from '@badger-store/test-kit';
import { createCheckoutOutcomes } from './checkout-outcomes';

const asked: { url?: string; method?: string; authorization?: string; body: unknown }[] = [];
let respond: (res: ServerResponse) => void;
let checkout: LocalServer;
let unavailable: string;
beforeAll(async () => {
  checkout = await serveLocally(async (req: IncomingMessage, res: ServerResponse) => {
    const { url, method, headers } = req;
    // The client probes a replica that failed.
    if (url === '/livez') return void res.end();
    asked.push({ url, method, authorization: headers.authorization, body: JSON.parse(await text(req)) });
    respond(res);
  });
  const gone = await serveLocally(() => undefined);
  await gone.close();
  unavailable = gone.url;
});
afterAll(() => checkout.close());
beforeEach(() => {
  asked.length = 0;
  respondWith({ outcomes: [] });
});
const respondWith = (body: unknown, status = 200) => {
  respond = (res) => res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};
const find = (...urls: string[]) => createCheckoutOutcomes(createClient(...urls))(['a', 'b']);
const createClient = (...urls: string[]) =>
  createServiceClient({ name: 'checkout', urls, token: () => 'service-token' });

it('are asked of checkout by ids, with a service token', async () => {
  respondWith({ outcomes: [{ id: 'b', status: 'paid' }] });
  expect([...(await find(checkout.url))]).toEqual([['b', 'paid']]);
  expect(asked).toEqual([
    {
      url: '/internal/orders/outcomes',
      method: 'POST',
      authorization: 'Bearer service-token',
      body: { ids: ['a', 'b'] },
    },
  ]);
});

it('may have members that are not known yet', async () => {
  respondWith({ outcomes: [{ id: 'a', status: 'declined', at: 1 }], more: true });
  expect([...(await find(checkout.url))]).toEqual([['a', 'declined']]);
});

it('are read from the next replica when one is unavailable', async () => {
  expect((await find(unavailable, checkout.url)).size).toBe(0);
  await expect(find(unavailable, unavailable)).rejects.toMatchObject({
    category: 'unavailable',
    code: 'CHECKOUT_UNAVAILABLE',
  });
});

it('are asked of one replica alone when that responds', async () => {
  await find(checkout.url, checkout.url);
  expect(asked).toHaveLength(1);
});

it.each<[string, unknown, number]>([
  ['nothing of what was agreed', {}, 200],
  ['no list', { outcomes: null }, 200],
  ['a status that is not known', { outcomes: [{ id: 'a', status: 'shipped' }] }, 200],
  ['an id that was not asked for', { outcomes: [{ id: 'c', status: 'paid' }] }, 200],
  [
    'two outcomes of one id',
    {
      outcomes: [
        { id: 'a', status: 'paid' },
        { id: 'a', status: 'declined' },
      ],
    },
    200,
  ],
  ['that it is not for inventory', { outcomes: [] }, 401],
  ['that it does not know the route', { outcomes: [] }, 404],
  ['that it is unavailable', { outcomes: [] }, 503],
])('are not known when checkout responds with %s', async (_what, body, status) => {
  respondWith(body, status);
  await expect(find(checkout.url)).rejects.toMatchObject({ category: 'unavailable', code: 'CHECKOUT_UNAVAILABLE' });
});

it('are not known when the response is no JSON, or somewhere else', async () => {
  respond = (res) => res.end('<html>');
  await expect(find(checkout.url)).rejects.toMatchObject({ category: 'unavailable' });
  respond = (res) => res.writeHead(307, { location: '/elsewhere' }).end();
  await expect(find(checkout.url)).rejects.toMatchObject({ category: 'unavailable' });
  expect(new Set(asked.map(({ url }) => url))).toEqual(new Set(['/internal/orders/outcomes']));
});

it('are not known when checkout does not respond within 2 s', async () => {
  respond = () => undefined;
  const startedAt = performance.now();
  await expect(find(checkout.url)).rejects.toMatchObject({ category: 'unavailable' });
  expect(performance.now() - startedAt).toBeLessThan(3500);
});
