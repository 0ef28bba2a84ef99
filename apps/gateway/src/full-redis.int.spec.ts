import { until } from '@badger-store/test-kit';
import { Redis } from 'ioredis';
import { send, startGateway, type GatewayUnderTest } from './testing/gateway-under-test';

jest.mock('@node-rs/argon2', () => jest.requireActual('./testing/cheap-argon2'));

let gateway: GatewayUnderTest;
let redis: Redis;
beforeAll(async () => {
  gateway = await startGateway();
  redis = new Redis(gateway.redis.url, { disableClientInfo: true });
});
afterAll(async () => {
  redis.disconnect();
  await gateway.stop();
});

const account = { email: 'badger@store.example', password: 'four badgers in a sett' };
const newGuest = () => send(gateway.url, 'POST', '/auth/guest');

it('a gateway refuses new guests and no other request while Redis is almost full', async () => {
  expect((await newGuest()).status).toBe(201);
  const user = await send(gateway.url, 'POST', '/auth/register', { body: account });
  const [, used] = /used_memory:(\d+)/.exec(await redis.info('memory')) ?? [];
  await redis.config('SET', 'maxmemory', Math.round(Number(used) / 0.9));

  await until('new guests are refused', async () => (await newGuest()).status === 503);
  expect((await newGuest()).body.code).toBe('NEW_GUESTS_REFUSED');
  expect((await send(gateway.url, 'POST', '/auth/login', { body: account })).status).toBe(200);
  const { refreshToken } = user.body;
  expect((await send(gateway.url, 'POST', '/auth/refresh', { body: { refreshToken } })).status).toBe(200);
  expect((await send(gateway.url, 'GET', '/Cart', { token: user.body.userToken })).status).toBe(200);

  await redis.config('SET', 'maxmemory', 0);
  await until('new guests are admitted', async () => (await newGuest()).status === 201);
});
