import { ApiProblem } from '../api/problem';
import { NoResponseError } from '../api/transport';
import { createCartQueue, linesAfter, type CartServer, type Change, type ServerCart } from './cart-queue';

const problem = (status: number, code: string) => new ApiProblem({ status, code, title: code, detail: code });

/** A store whose cart counts its versions, and whose next responses are `failures`. */
function createServer(lines: ServerCart['lines'] = []) {
  let cart: { lines: ServerCart['lines']; etag: string } = { lines, etag: '"0"' };
  const failures: { error: Error; after?: boolean }[] = [];
  const sent: Change[] = [];
  const keys = new Set<string>();
  const set = (next: ServerCart['lines']) => (cart = { lines: next, etag: `"${Number(cart.etag.slice(1, -1)) + 1}"` });
  const server: CartServer = {
    read: () => Promise.resolve(cart),
    async send(change, { etag }) {
      sent.push(change);
      const failure = failures.shift();
      if (failure && !failure.after) throw failure.error;
      const isDecrease = change.difference !== 'remove' && change.difference < 0;
      if (isDecrease && etag !== cart.etag) throw problem(412, 'PRECONDITION_FAILED');
      if (!keys.has(change.key)) set(linesAfter(cart.lines, [change]));
      keys.add(change.key);
      if (failure) throw failure.error;
      return cart;
    },
  };
  return { server, failures, sent, set, cart: () => cart.lines };
}

function createStorage() {
  const values = new Map<string, string>();
  return {
    getItem: (name: string) => values.get(name) ?? null,
    setItem: (name: string, value: string) => void values.set(name, value),
    removeItem: (name: string) => void values.delete(name),
  };
}

let key = 0;
function openQueue(server: CartServer, storage = createStorage()) {
  const queue = createCartQueue({
    server,
    storage,
    newKey: () => `key-${(key += 1)}`,
    sleep: () => Promise.resolve(),
    onChanged: () => undefined,
  });
  const shown = () => linesAfter(queue.read().cart.lines, queue.read().pending);
  return { ...queue, shown };
}

describe('the queue of cart changes', () => {
  it('shows a change at once, and then what the store has', async () => {
    const { server, set } = createServer();
    const queue = openQueue(server);
    set([{ id: 'teapot', quantity: 1 }]);
    queue.change('mug', 1);
    expect(queue.shown()).toEqual([{ id: 'mug', quantity: 1 }]);
    await queue.run();
    expect(queue.shown()).toEqual([
      { id: 'teapot', quantity: 1 },
      { id: 'mug', quantity: 1 },
    ]);
  });

  it('sends clicks in quick succession as one change, but never alters the one that is in flight', async () => {
    const { server, sent, cart } = createServer();
    const queue = openQueue(server);
    for (let n = 0; n < 5; n += 1) queue.change('mug', 1);
    queue.change('mug', -1);
    await queue.run();
    expect(sent.map(({ difference }) => difference)).toEqual([1, 3]);
    expect(cart()).toEqual([{ id: 'mug', quantity: 4 }]);
  });

  it('adds once when the response to an add is lost', async () => {
    const { server, failures, cart } = createServer();
    const queue = openQueue(server);
    failures.push({ error: new NoResponseError(), after: true });
    queue.change('mug', 2);
    await queue.run();
    expect(cart()).toEqual([{ id: 'mug', quantity: 2 }]);
  });

  it('takes off once when the response to a decrease is lost', async () => {
    const { server, failures, cart } = createServer([{ id: 'mug', quantity: 5 }]);
    const queue = openQueue(server);
    await queue.refresh();
    failures.push({ error: new NoResponseError(), after: true });
    queue.change('mug', -2);
    await queue.run();
    expect(cart()).toEqual([{ id: 'mug', quantity: 3 }]);
  });

  it('takes off what was asked for when another tab has added meanwhile', async () => {
    const { server, set, cart } = createServer([{ id: 'mug', quantity: 5 }]);
    const queue = openQueue(server);
    await queue.refresh();
    set([{ id: 'mug', quantity: 9 }]);
    queue.change('mug', -2);
    await queue.run();
    expect(cart()).toEqual([{ id: 'mug', quantity: 7 }]);
  });

  it('keeps a change while the cart is unavailable, and says that it is', async () => {
    const { server, failures, cart } = createServer();
    const queue = openQueue(server);
    const states: string[] = [];
    queue.subscribe(() => states.push(queue.read().status));
    failures.push({ error: problem(503, 'REDIS_UNAVAILABLE') }, { error: problem(503, 'REDIS_UNAVAILABLE') });
    queue.change('mug', 1);
    await queue.run();
    expect(states).toContain('unavailable');
    expect([queue.read().status, cart()]).toEqual(['ready', [{ id: 'mug', quantity: 1 }]]);
  });

  it('drops a change that was refused, says why, and shows what the store has', async () => {
    const { server, failures, cart } = createServer();
    const queue = openQueue(server);
    failures.push({ error: problem(409, 'OUT_OF_STOCK') });
    queue.change('mug', 1);
    await queue.run();
    expect(queue.read().refusal).toMatchObject({ id: 'mug', error: { code: 'OUT_OF_STOCK' } });
    expect([queue.shown(), cart()]).toEqual([[], []]);
  });

  it('sends what a reload interrupted under the same key', async () => {
    const { server, failures, sent, cart } = createServer();
    const storage = createStorage();
    failures.push({ error: new NoResponseError(), after: true });
    const before = createCartQueue({
      server,
      storage,
      newKey: () => 'before-the-reload',
      sleep: () => new Promise(() => undefined),
      onChanged: () => undefined,
    });
    before.change('mug', 1);
    await new Promise(setImmediate);
    const after = openQueue(server, storage);
    expect(after.shown()).toEqual([{ id: 'mug', quantity: 1 }]);
    await after.run();
    expect(sent.map((change) => change.key)).toEqual(['before-the-reload', 'before-the-reload']);
    expect(cart()).toEqual([{ id: 'mug', quantity: 1 }]);
  });
});
