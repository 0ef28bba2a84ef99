import { createRequestLog } from './request-log';
import { createTransport, NoResponseError } from './transport';

const store = 'http://store.example';
const post = (path: string, headers: Record<string, string> = {}) =>
  new Request(store + path, { method: 'POST', headers, body: '{}' });

function open(...responses: readonly (number | Error)[]) {
  const log = createRequestLog();
  let calls = 0;
  const transport = createTransport({
    log,
    sleep: () => Promise.resolve(),
    fetch: () => {
      const response = responses[calls++] ?? 200;
      return response instanceof Error
        ? Promise.reject(response)
        : Promise.resolve(new Response('{}', { status: response }));
    },
  });
  return { log, transport, calls: () => calls };
}

describe('the transport', () => {
  it.each([
    ['a read', new Request(`${store}/Cart`)],
    ['an add with a key', post('/Cart/Item', { 'Idempotency-Key': 'one' })],
    ['a removal', new Request(`${store}/Cart/Item/mug`, { method: 'DELETE' })],
  ])('sends %s again when no response came, and when the gateway had none', async (_what, request) => {
    const { transport, calls } = open(new TypeError('network'), 504, 200);
    expect((await transport(request)).status).toBe(200);
    expect(calls()).toBe(3);
  });

  it.each([
    ['an add without a key', post('/Cart/Item')],
    ['a sign-in', post('/auth/login')],
    [
      'a change of a version',
      new Request(`${store}/Cart/Item/mug`, { method: 'PATCH', headers: { 'If-Match': '"1"' } }),
    ],
  ])('sends %s once', async (_what, request) => {
    const { transport, calls } = open(new TypeError('network'));
    await expect(transport(request)).rejects.toThrow(NoResponseError);
    expect(calls()).toBe(1);
  });

  it('loses the next response to a change of the cart alone, after the store has responded', async () => {
    const { transport, log, calls } = open();
    log.loseNextResponse(true);
    await transport(new Request(`${store}/Cart`));
    await transport(post('/auth/guest'));
    expect(log.read().losesNextResponse).toBe(true);
    await transport(post('/Cart/Item', { 'Idempotency-Key': 'one' }));
    expect([calls(), log.read().losesNextResponse]).toEqual([4, false]);
    expect(log.read().requests.map(({ attempt, outcome, servedBy }) => [attempt, outcome, servedBy])).toEqual([
      [2, 'responded', 'inventory'],
      [1, 'lost', 'inventory'],
      [1, 'responded', 'gateway'],
      [1, 'responded', 'inventory'],
    ]);
  });

  it('names the route and the service of each request', async () => {
    const { transport, log } = open();
    await transport(new Request(`${store}/orders/8f8f0f8a`));
    expect(log.read().requests[0]).toMatchObject({ route: '/orders/{id}', servedBy: 'checkout', status: 200 });
  });
});
