import { createCarts, type Carts } from '@badger-store/cart-cache';
import { connectRedis, type RedisClient } from '@badger-store/redis-kit';
import { until } from '@badger-store/test-kit';
import { Redis } from 'ioredis';
import {
  ownOrigin,
  send,
  startGateway,
  type GatewayResponse,
  type GatewayUnderTest,
} from './testing/gateway-under-test';

jest.mock('@node-rs/argon2', () => jest.requireActual('./testing/cheap-argon2'));

let gateway: GatewayUnderTest;
let redis: RedisClient;
let carts: Carts;
beforeAll(async () => {
  gateway = await startGateway({ CART_MAX_QUANTITY: '10', CART_MAX_LINES: '3' });
  redis = connectRedis({ url: gateway.redis.url }, () => undefined);
  await redis.ready(30_000);
  carts = createCarts({ redis });
});
afterAll(async () => {
  await redis.close();
  await gateway.stop();
});

const password = 'four badgers in a sett';
let last = 0;
const newEmail = () => `badger-${(last += 1)}@store.example`;
const own = { origin: ownOrigin };
const post = (path: string, options: Parameters<typeof send>[3] = {}) => send(gateway.url, 'POST', path, options);
const refresh = (refreshToken: unknown) => post('/auth/refresh', { body: { refreshToken } });
const login = (email: string, options: { token?: unknown; headers?: Record<string, string>; body?: object } = {}) =>
  post('/auth/login', {
    body: { email, password, ...options.body },
    token: options.token as string | undefined,
    headers: options.headers,
  });
const register = (email: string, token?: unknown) =>
  post('/auth/register', { body: { email, password }, token: token as string | undefined });

interface Guest {
  readonly id: string;
  readonly userToken: unknown;
  readonly refreshToken: unknown;
}
const newGuest = async (items: Record<string, number> = { mug: 2 }): Promise<Guest> => {
  const { user, userToken, refreshToken } = (await post('/auth/guest', { headers: own })).body;
  const id = String(user?.id);
  for (const [item, quantity] of Object.entries(items)) await carts.add(id, item, quantity);
  return { id, userToken, refreshToken };
};
const getUserId = ({ body }: GatewayResponse) => String(body.user?.id);
const getCart = async (id: string) =>
  Object.fromEntries((await carts.get(id)).map((line) => [line.id, line.quantity] as const));
const findMigration = async (guestId: string) =>
  (await gateway.query('select user_id, done_at from guest_migrations where guest_id = $1', [guestId]))[0];

describe('guest at register and login', () => {
  it('a guest is migrated when the request has the guest’s userToken', async () => {
    const guest = await newGuest();
    const response = await register(newEmail(), guest.userToken);
    expect([response.status, response.body.guest]).toEqual([201, { migrated: true }]);
    expect(await getCart(getUserId(response))).toEqual({ mug: 2 });
  });

  it('a guest with an expired userToken is migrated when the body has guestRefreshToken', async () => {
    const [email, guest] = [newEmail(), await newGuest()];
    await register(email);
    const token = gateway.expired(guest.userToken);
    const response = await login(email, { token, body: { guestRefreshToken: guest.refreshToken } });
    expect(response.body.guest).toEqual({ migrated: true });
    expect(await getCart(getUserId(response))).toEqual({ mug: 2 });
    expect((await refresh(guest.refreshToken)).status).toBe(401);
  });

  it('a guest with an expired userToken is migrated when a first-party request has the refresh cookie', async () => {
    const [email, initial] = [newEmail(), await post('/auth/guest', { headers: own, body: { refreshIn: 'cookie' } })];
    await register(email);
    const guestId = getUserId(initial);
    await carts.add(guestId, 'mug');
    const cookie = String(initial.headers.get('set-cookie')).split(';')[0] ?? '';
    const token = gateway.expired(initial.body.userToken);
    const foreign = await login(email, { token, headers: { cookie, origin: 'https://evil.example' } });
    expect(foreign.body.guest).toEqual({ migrated: false, reason: 'expired' });
    const response = await login(email, { token, headers: { cookie, ...own } });
    expect(response.body.guest).toEqual({ migrated: true });
    expect(await getCart(getUserId(response))).toEqual({ mug: 1 });
  });

  it('the response says expired when a guest has only an expired userToken', async () => {
    const guest = await newGuest();
    const response = await register(newEmail(), gateway.expired(guest.userToken));
    expect([response.status, response.body.guest]).toEqual([201, { migrated: false, reason: 'expired' }]);
    expect(await getCart(getUserId(response))).toEqual({});
    expect(await getCart(guest.id)).toEqual({ mug: 2 });
    expect((await refresh(guest.refreshToken)).status).toBe(200);
  });

  it('a guest is not migrated when the refresh token is forged', async () => {
    const guest = await newGuest();
    const [label, payload, mac = ''] = String(guest.refreshToken).split('.');
    const forged = [label, payload, `${mac.slice(0, -1)}${mac.endsWith('A') ? 'B' : 'A'}`].join('.');
    const email = newEmail();
    await register(email);
    const response = await login(email, { body: { guestRefreshToken: forged } });
    expect(response.body.guest).toEqual({ migrated: false, reason: 'expired' });
    expect(await findMigration(guest.id)).toBeUndefined();
  });

  it('a guest is not migrated, and the session ends, when the refresh token was used before', async () => {
    const [email, guest] = [newEmail(), await newGuest()];
    await register(email);
    const second = await refresh((await refresh(guest.refreshToken)).body.refreshToken);
    const response = await login(email, { body: { guestRefreshToken: guest.refreshToken } });
    expect(response.body.guest).toEqual({ migrated: false, reason: 'session_ended' });
    expect((await refresh(second.body.refreshToken)).status).toBe(401);
    expect(await getCart(getUserId(response))).toEqual({});
  });

  it('the response mentions no guest when the request has none, or comes from a user', async () => {
    const email = newEmail();
    const first = await register(email);
    expect('guest' in first.body).toBe(false);
    const other = await register(newEmail(), first.body.userToken);
    expect('guest' in other.body).toBe(false);
    const again = await login(email, { body: { guestRefreshToken: other.body.refreshToken } });
    expect('guest' in again.body).toBe(false);
  });

  it('the response says session_ended when the guest signed out before', async () => {
    const guest = await newGuest();
    await post('/auth/logout', { token: String(guest.userToken) });
    const response = await register(newEmail(), guest.userToken);
    expect(response.body.guest).toEqual({ migrated: false, reason: 'session_ended' });
  });

  it('a guest belongs to the first user when several sign in with the guest’s token at once', async () => {
    const guest = await newGuest();
    const emails = Array.from({ length: 6 }, newEmail);
    await Promise.all(emails.map((email) => register(email)));
    const responses = await Promise.all(emails.map((email) => login(email, { token: guest.userToken })));
    const outcomes = responses.map(({ body }) => body.guest?.reason ?? 'migrated').sort();
    expect(outcomes).toEqual([...Array<string>(5).fill('belongs_to_another_user'), 'migrated'].sort());
    const totals = await Promise.all(responses.map(async (response) => (await getCart(getUserId(response))).mug ?? 0));
    expect(totals.filter(Boolean)).toEqual([2]);
    const winner = responses.find(({ body }) => body.guest?.migrated);
    expect(await findMigration(guest.id)).toMatchObject({ user_id: winner && getUserId(winner) });
  });

  it('a guest is migrated once when the response is lost and the request is repeated', async () => {
    const [email, guest] = [newEmail(), await newGuest()];
    const first = await register(email, guest.userToken);
    const again = await login(email, { token: guest.userToken });
    expect(again.body.guest).toEqual({ migrated: true });
    expect(await getCart(getUserId(first))).toEqual({ mug: 2 });
  });
});

it('the cart of a guest lives as long as that of a user when the session is refreshed and the cart is not read', async () => {
  const day = 24 * 3600;
  const raw = new Redis(gateway.redis.url, { disableClientInfo: true });
  const { id, refreshToken } = await newGuest();
  await raw.expire(`{${id}}_cart`, day);
  await refresh(refreshToken);
  expect(Math.round((await raw.ttl(`{${id}}_cart`)) / day)).toBe(7);
  raw.disconnect();
});

describe('a guest migration', () => {
  const calls = (guestId: string) => gateway.upstream.received.filter(({ body }) => body.includes(guestId)).length;
  const asPending = async (work: () => Promise<void>) => {
    const { respond } = gateway.upstream;
    gateway.upstream.respond = () => ({ status: 200, body: { moved: 0, pending: true } });
    await work().finally(() => (gateway.upstream.respond = respond));
  };

  it('a guest migration continues at the next sign-in on another device when the user signed out', async () => {
    const [email, guest] = [newEmail(), await newGuest({})];
    const { body } = await register(email, guest.userToken);
    await post('/auth/logout', { token: String(body.userToken) });
    await carts.add(guest.id, 'mug');
    const device = await login(email);
    expect(await getCart(getUserId(device))).toEqual({ mug: 1 });
  });

  it('the sweeper continues a guest migration when the user neither signs in nor refreshes', async () => {
    const guest = await newGuest({});
    const user = getUserId(await register(newEmail(), guest.userToken));
    await carts.add(guest.id, 'mug', 3);
    await until('the sweeper merged the cart', async () => (await getCart(user)).mug === 3);
    expect(await getCart(guest.id)).toEqual({});
  });

  it('a guest migration is done only when the guest’s tokens have expired, no checkout is open and the cart is empty', async () => {
    const guest = await newGuest();
    const isDone = async () => (await findMigration(guest.id))?.done_at instanceof Date;
    const expireTokens = () =>
      gateway.query('update guest_migrations set tokens_expire_at = now(), due_at = now() where guest_id = $1', [
        guest.id,
      ]);
    const round = async (refreshToken: unknown) => {
      const before = calls(guest.id);
      const { body } = await refresh(refreshToken);
      expect(calls(guest.id)).toBeGreaterThan(before);
      return body.refreshToken;
    };
    let token = (await register(newEmail(), guest.userToken)).body.refreshToken;
    token = await round(token);
    expect(await isDone()).toBe(false);
    await asPending(async () => {
      await expireTokens();
      token = await round(token);
      expect(await isDone()).toBe(false);
    });
    token = await round(token);
    expect(await isDone()).toBe(true);
    const before = calls(guest.id);
    await refresh(token);
    expect(calls(guest.id)).toBe(before);
  });

  it('a guest migration is not done while a checkout has locked lines of the guest’s cart', async () => {
    const guest = await newGuest();
    let release!: () => void;
    let locked!: () => void;
    const isLocked = new Promise<void>((resolve) => (locked = resolve));
    const checkout = carts
      .checkout(guest.id, async () => {
        locked();
        await new Promise<void>((resolve) => (release = resolve));
        throw new Error('the outcome is unknown');
      })
      .catch(() => undefined);
    await isLocked;
    const { body } = await register(newEmail(), guest.userToken);
    await gateway.query('update guest_migrations set tokens_expire_at = now() where guest_id = $1', [guest.id]);
    await refresh(body.refreshToken);
    expect((await findMigration(guest.id))?.done_at).toBeNull();
    release();
    await checkout;
    expect(await getCart(guest.id)).toEqual({ mug: 2 });
  });

  it('an add of the guest has no effect when the user repeats it after the migration', async () => {
    const guest = await newGuest({});
    await carts.add(guest.id, 'mug', 2, { idempotencyKey: 'add-1' });
    const user = getUserId(await register(newEmail(), guest.userToken));
    await carts.add(user, 'mug', 2, { idempotencyKey: 'add-1' });
    expect(await getCart(user)).toEqual({ mug: 2 });
  });

  it('a sign-in responds 503 and loses nothing when the guest’s cart can’t be merged', async () => {
    const [email, guest] = [newEmail(), await newGuest()];
    await register(email);
    gateway.redis.process.kill('SIGSTOP');
    const refused = await login(email, { token: guest.userToken });
    gateway.redis.process.kill('SIGCONT');
    expect(refused.status).toBe(503);
    let response = await login(email, { token: guest.userToken });
    await until('the guest can sign in', async () => {
      if (response.status !== 200) response = await login(email, { token: guest.userToken });
      return response.status === 200;
    });
    expect(response.body.guest).toEqual({ migrated: true });
    expect(await getCart(getUserId(response))).toEqual({ mug: 2 });
  });
});

describe('clamped lines', () => {
  const getClamped = ({ body }: GatewayResponse) => body.clampedLines;

  it('the response lists clamped lines', async () => {
    const [email, guest] = [newEmail(), await newGuest({ mug: 8, cap: 1, pin: 1 })];
    const user = getUserId(await register(email));
    await carts.set(user, [
      { id: 'mug', quantity: 5 },
      { id: 'sock', quantity: 1 },
    ]);
    const response = await login(email, { token: guest.userToken });
    expect(getClamped(response)).toEqual([
      { id: 'mug', requested: 13, quantity: 10 },
      { id: 'pin', requested: 1, quantity: 0 },
    ]);
    expect(await getCart(user)).toEqual({ mug: 10, sock: 1, cap: 1 });
  });

  it('a refresh lists the clamped lines of a later merge, and repeats them for a minute', async () => {
    const [email, guest] = [newEmail(), await newGuest({ mug: 8 })];
    const registered = await register(email, guest.userToken);
    expect(getClamped(registered)).toBeUndefined();
    await carts.add(guest.id, 'mug', 9);
    await until('the sweeper merged the cart', async () => Object.keys(await getCart(guest.id)).length === 0);
    const expected = [{ id: 'mug', requested: 17, quantity: 10 }];
    const refreshed = await refresh(registered.body.refreshToken);
    expect(getClamped(refreshed)).toEqual(expected);
    expect(getClamped(await refresh(registered.body.refreshToken))).toEqual(expected);
    await gateway.query(`update guest_migrations set clamped_shown_at = clamped_shown_at - interval '61 seconds'`);
    expect(getClamped(await login(email))).toBeUndefined();
  });

  it('the next sign-in lists clamped lines when recording them failed after the merge', async () => {
    const [email, guest] = [newEmail(), await newGuest({ mug: 8 })];
    const user = getUserId(await register(email));
    await carts.add(user, 'mug', 8);
    await gateway.query('alter table guest_migrations rename clamped to clamped_gone');
    const failed = await login(email, { token: guest.userToken });
    await gateway.query('alter table guest_migrations rename clamped_gone to clamped');
    expect(failed.status).toBeGreaterThanOrEqual(500);
    const response = await login(email);
    expect(getClamped(response)).toEqual([{ id: 'mug', requested: 16, quantity: 10 }]);
    expect(await getCart(user)).toEqual({ mug: 10 });
  });
});
