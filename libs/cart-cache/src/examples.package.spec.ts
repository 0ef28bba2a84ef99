import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startRedisServer, type RedisServer } from '@badger-store/redis-kit/testing';
import { ConsumerFolder, type RunningService } from './testing/consumer-folder';

jest.setTimeout(180_000);

const examples = join(__dirname, '../../../examples');
const packages = ['express', 'fastify', 'express-session', 'connect-redis', 'redis', 'typescript'];
const types = ['node', 'express', 'express-session'].map((name) => `@types/${name}`);

let server: RedisServer;
let folder: ConsumerFolder;
const services: RunningService[] = [];

beforeAll(async () => {
  server = await startRedisServer();
  folder = await ConsumerFolder.create({ REDIS_URL: server.url }, [...packages, ...types]);
  await cp(examples, folder.path, { recursive: true, filter: (source) => !source.endsWith('tsconfig.json') });
  const files = await readdir(folder.path, { recursive: true });
  const sources = files.filter((file) => /^[^/]+\/[^/]+\.ts$/.test(file) && !file.startsWith('node_modules'));
  expect(sources.length).toBeGreaterThan(5);
  await folder.compile(sources, { skipLibCheck: true });
});
afterEach(() => services.splice(0).forEach((service) => service.stop()));
afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

const serve = async (file: string): Promise<RunningService> => {
  const service = await folder.serve(file);
  services.push(service);
  return service;
};

it('two services share a cart, and the checkout empties it', async () => {
  const inventory = await serve('two-services/inventory.js');
  const checkout = await serve('two-services/checkout.js');
  const added = await Promise.all(Array.from({ length: 20 }, () => inventory.request('POST', '/cart/mug', 'reader')));
  expect(added.every(({ status }) => status === 200)).toBe(true);
  expect((await inventory.request('GET', '/cart', 'reader')).body).toEqual([{ id: 'mug', quantity: 20 }]);

  const order = await checkout.request('POST', '/checkout', 'reader');
  expect(order).toMatchObject({ status: 200, body: { lines: [{ id: 'mug', quantity: 20 }] } });
  expect((await inventory.request('GET', '/cart', 'reader')).body).toEqual([]);
  expect(await checkout.request('POST', '/checkout', 'reader')).toMatchObject({ status: 400 });
});

it('a declined payment leaves the cart, and an error of the carts has its status', async () => {
  const inventory = await serve('two-services/inventory.js');
  const checkout = await serve('two-services/checkout.js');
  await Promise.all(Array.from({ length: 100 }, () => inventory.request('POST', '/cart/mug', 'collector')));
  expect(await checkout.request('POST', '/checkout', 'collector')).toMatchObject({ status: 402 });
  expect((await inventory.request('GET', '/cart', 'collector')).body).toEqual([{ id: 'mug', quantity: 100 }]);
  expect(await inventory.request('POST', '/cart/mug', '')).toMatchObject({
    status: 400,
    body: { code: 'INVALID_CART_INPUT' },
  });
});

it('a cart in an open session is kept when the app moves to cart-cache', async () => {
  const before = await serve('from-express-session/before.js');
  const { cookie } = await before.request('POST', '/cart/mug');
  await before.request('POST', '/cart/mug', cookie);
  await before.request('POST', '/cart/pot', cookie);
  before.stop();

  const after = await serve('from-express-session/after.js');
  const moved = [
    { id: 'mug', quantity: 2 },
    { id: 'pot', quantity: 1 },
  ];
  expect((await after.request('GET', '/cart', cookie)).body).toEqual(moved);
  await Promise.all(Array.from({ length: 20 }, () => after.request('POST', '/cart/pot', cookie)));
  expect((await after.request('GET', '/cart', cookie)).body).toEqual([moved[0], { id: 'pot', quantity: 21 }]);
  const other = await after.request('POST', '/cart/mug');
  expect((await after.request('GET', '/cart', other.cookie)).body).toEqual([{ id: 'mug', quantity: 1 }]);
});

it('Fastify reads and fills a cart', async () => {
  const fastify = await serve('fastify/server.js');
  expect((await fastify.request('POST', '/cart/mug', 'fast')).body).toEqual({ quantity: 1 });
  expect((await fastify.request('GET', '/cart', 'fast')).body).toEqual([{ id: 'mug', quantity: 1 }]);
  expect(await fastify.request('POST', '/cart/mug', '')).toMatchObject({ status: 400 });
});

it('the README shows the two services as they run', async () => {
  const readme = await readFile(join(__dirname, '../README.md'), 'utf8');
  for (const service of ['inventory', 'checkout']) {
    const source = await readFile(join(examples, `two-services/${service}.ts`), 'utf8');
    expect(readme).toContain(`\`\`\`ts\n${source}\`\`\``);
  }
});
