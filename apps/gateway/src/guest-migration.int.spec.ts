import { createRedisCartCache, type CartCache } from '@badger-store/cart-cache';
import { connectRedis, type RedisClient } from '@badger-store/redis-kit';
import { until } from '@badger-store/test-kit';
import { Redis } from 'ioredis';
import { ownOrigin, send, startGateway, type Answer, type GatewayUnderTest } from './testing/gateway-under-test';

jest.mock('@node-rs/argon2', () => jest.requireActual('./testing/cheap-argon2'));

let gateway: GatewayUnderTest;
let redis: RedisClient;
let carts: CartCache;
beforeAll(async () => {
  gateway = await startGateway({ CART_MAX_QUANTITY: '10', CART_MAX_LINES: '3' });
  redis = connectRedis({ url: gateway.redis.url }, () => undefined);
  await redis.ready(30_000);
  carts = createRedisCartCache({ redis });
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
const idOf = ({ body }: Answer) => String(body.user?.id);
const cartOf = async (id: string) =>
  Object.fromEntries((await carts.get(id)).map((line) => [line.id, line.quantity] as const));
const migrationOf = async (guestId: string) =>
  (await gateway.query('select user_id, done_at from guest_migrations where guest_id = $1', [guestId]))[0];

describe('a guest who registers or signs in', () => {
  it('with a userToken becomes the user', async () => {
    const guest = await newGuest();
    const answer = await register(newEmail(), guest.userToken);
    expect([answer.status, answer.body.guest]).toEqual([201, { migrated: true }]);
    expect(await cartOf(idOf(answer))).toEqual({ mug: 2 });
  });

  it('with an expired userToken is proven by guestRefreshToken', async () => {
    const [email, guest] = [newEmail(), await newGuest()];
    await register(email);
    const token = gateway.expired(guest.userToken);
    const answer = await login(email, { token, body: { guestRefreshToken: guest.refreshToken } });
    expect(answer.body.guest).toEqual({ migrated: true });
    expect(await cartOf(idOf(answer))).toEqual({ mug: 2 });
    expect((await refresh(guest.refreshToken)).status).toBe(401);
  });

  it('with an expired userToken is proven by the refresh cookie, of our own site alone', async () => {
    const [email, begun] = [newEmail(), await post('/auth/guest', { headers: own, body: { refreshIn: 'cookie' } })];
    await register(email);
    const guestId = idOf(begun);
    await carts.add(guestId, 'mug');
    const cookie = String(begun.headers.get('set-cookie')).split(';')[0] ?? '';
    const token = gateway.expired(begun.body.userToken);
    const foreign = await login(email, { token, headers: { cookie, origin: 'https://evil.example' } });
    expect(foreign.body.guest).toEqual({ migrated: false, reason: 'expired' });
    const answer = await login(email, { token, headers: { cookie, ...own } });
    expect(answer.body.guest).toEqual({ migrated: true });
    expect(await cartOf(idOf(answer))).toEqual({ mug: 1 });
  });

  it('with an expired userToken alone is not proven, and is told so', async () => {
    const guest = await newGuest();
    const answer = await register(newEmail(), gateway.expired(guest.userToken));
    expect([answer.status, answer.body.guest]).toEqual([201, { migrated: false, reason: 'expired' }]);
    expect(await cartOf(idOf(answer))).toEqual({});
    expect(await cartOf(guest.id)).toEqual({ mug: 2 });
    expect((await refresh(guest.refreshToken)).status).toBe(200);
  });

  it('with a made-up refresh token is not proven', async () => {
    const guest = await newGuest();
    const [label, payload, mac = ''] = String(guest.refreshToken).split('.');
    const forged = [label, payload, `${mac.slice(0, -1)}${mac.endsWith('A') ? 'B' : 'A'}`].join('.');
    const email = newEmail();
    await register(email);
    const answer = await login(email, { body: { guestRefreshToken: forged } });
    expect(answer.body.guest).toEqual({ migrated: false, reason: 'expired' });
    expect(await migrationOf(guest.id)).toBeUndefined();
  });

  it('with a refresh token that was used up is not proven, and the stolen session ends', async () => {
    const [email, guest] = [newEmail(), await newGuest()];
    await register(email);
    const second = await refresh((await refresh(guest.refreshToken)).body.refreshToken);
    const answer = await login(email, { body: { guestRefreshToken: guest.refreshToken } });
    expect(answer.body.guest).toEqual({ migrated: false, reason: 'session_ended' });
    expect((await refresh(second.body.refreshToken)).status).toBe(401);
    expect(await cartOf(idOf(answer))).toEqual({});
  });

  it('without a guest, or as a user, is told nothing of one', async () => {
    const email = newEmail();
    const first = await register(email);
    expect('guest' in first.body).toBe(false);
    const other = await register(newEmail(), first.body.userToken);
    expect('guest' in other.body).toBe(false);
    const again = await login(email, { body: { guestRefreshToken: other.body.refreshToken } });
    expect('guest' in again.body).toBe(false);
  });

  it('who signed out before is told that the session has ended', async () => {
    const guest = await newGuest();
    await post('/auth/logout', { token: String(guest.userToken) });
    const answer = await register(newEmail(), guest.userToken);
    expect(answer.body.guest).toEqual({ migrated: false, reason: 'session_ended' });
  });

  it('belongs to the first user, however many sign in with the guest’s token at once', async () => {
    const guest = await newGuest();
    const emails = Array.from({ length: 6 }, newEmail);
    await Promise.all(emails.map((email) => register(email)));
    const answers = await Promise.all(emails.map((email) => login(email, { token: guest.userToken })));
    const outcomes = answers.map(({ body }) => body.guest?.reason ?? 'migrated').sort();
    expect(outcomes).toEqual([...Array<string>(5).fill('belongs_to_another_user'), 'migrated'].sort());
    const totals = await Promise.all(answers.map(async (answer) => (await cartOf(idOf(answer))).mug ?? 0));
    expect(totals.filter(Boolean)).toEqual([2]);
    const winner = answers.find(({ body }) => body.guest?.migrated);
    expect(await migrationOf(guest.id)).toMatchObject({ user_id: winner && idOf(winner) });
  });

  it('is migrated once when the response is lost and the request is sent again', async () => {
    const [email, guest] = [newEmail(), await newGuest()];
    const first = await register(email, guest.userToken);
    const again = await login(email, { token: guest.userToken });
    expect(again.body.guest).toEqual({ migrated: true });
    expect(await cartOf(idOf(first))).toEqual({ mug: 2 });
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
    const { answer } = gateway.upstream;
    gateway.upstream.answer = () => ({ status: 200, body: { moved: 0, pending: true } });
    await work().finally(() => (gateway.upstream.answer = answer));
  };

  it('goes on after the user signed out, at the next sign-in on another device', async () => {
    const [email, guest] = [newEmail(), await newGuest({})];
    const { body } = await register(email, guest.userToken);
    await post('/auth/logout', { token: String(body.userToken) });
    await carts.add(guest.id, 'mug');
    const device = await login(email);
    expect(await cartOf(idOf(device))).toEqual({ mug: 1 });
  });

  it('goes on by itself when nobody signs in or refreshes', async () => {
    const guest = await newGuest({});
    const user = idOf(await register(newEmail(), guest.userToken));
    await carts.add(guest.id, 'mug', 3);
    await until('the sweeper merged the cart', async () => (await cartOf(user)).mug === 3);
    expect(await cartOf(guest.id)).toEqual({});
  });

  it('is done when the guest’s tokens have expired, no checkout is open and the cart is empty, not before', async () => {
    const guest = await newGuest();
    const isDone = async () => (await migrationOf(guest.id))?.done_at instanceof Date;
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

  it('is not done while a checkout has locked lines of the guest’s cart', async () => {
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
    expect((await migrationOf(guest.id))?.done_at).toBeNull();
    release();
    await checkout;
    expect(await cartOf(guest.id)).toEqual({ mug: 2 });
  });

  it('lets an add that the guest made add nothing when the user sends it again', async () => {
    const guest = await newGuest({});
    await carts.add(guest.id, 'mug', 2, { operationId: 'add-1' });
    const user = idOf(await register(newEmail(), guest.userToken));
    await carts.add(user, 'mug', 2, { operationId: 'add-1' });
    expect(await cartOf(user)).toEqual({ mug: 2 });
  });

  it('that cannot merge the cart now is answered with 503, and loses nothing', async () => {
    const [email, guest] = [newEmail(), await newGuest()];
    await register(email);
    gateway.redis.process.kill('SIGSTOP');
    const refused = await login(email, { token: guest.userToken });
    gateway.redis.process.kill('SIGCONT');
    expect(refused.status).toBe(503);
    let answer = await login(email, { token: guest.userToken });
    await until('the guest can sign in', async () => {
      if (answer.status !== 200) answer = await login(email, { token: guest.userToken });
      return answer.status === 200;
    });
    expect(answer.body.guest).toEqual({ migrated: true });
    expect(await cartOf(idOf(answer))).toEqual({ mug: 2 });
  });
});

describe('lines that do not fit', () => {
  const clampedOf = ({ body }: Answer) => body.clampedLines;

  it('are told by the response, line by line', async () => {
    const [email, guest] = [newEmail(), await newGuest({ mug: 8, cap: 1, pin: 1 })];
    const user = idOf(await register(email));
    await carts.set(user, [
      { id: 'mug', quantity: 5 },
      { id: 'sock', quantity: 1 },
    ]);
    const answer = await login(email, { token: guest.userToken });
    expect(clampedOf(answer)).toEqual([
      { id: 'mug', requested: 13, quantity: 10 },
      { id: 'pin', requested: 1, quantity: 0 },
    ]);
    expect(await cartOf(user)).toEqual({ mug: 10, sock: 1, cap: 1 });
  });

  it('of a later round are told by the next refresh, again for a minute, and not for ever', async () => {
    const [email, guest] = [newEmail(), await newGuest({ mug: 8 })];
    const registered = await register(email, guest.userToken);
    expect(clampedOf(registered)).toBeUndefined();
    await carts.add(guest.id, 'mug', 9);
    await until('the sweeper merged the cart', async () => Object.keys(await cartOf(guest.id)).length === 0);
    const told = [{ id: 'mug', requested: 17, quantity: 10 }];
    const refreshed = await refresh(registered.body.refreshToken);
    expect(clampedOf(refreshed)).toEqual(told);
    expect(clampedOf(await refresh(registered.body.refreshToken))).toEqual(told);
    await gateway.query(`update guest_migrations set clamped_shown_at = clamped_shown_at - interval '61 seconds'`);
    expect(clampedOf(await login(email))).toBeUndefined();
  });

  it('are told by the next sign-in when the record of them failed after the merge', async () => {
    const [email, guest] = [newEmail(), await newGuest({ mug: 8 })];
    const user = idOf(await register(email));
    await carts.add(user, 'mug', 8);
    await gateway.query('alter table guest_migrations rename clamped to clamped_gone');
    const failed = await login(email, { token: guest.userToken });
    await gateway.query('alter table guest_migrations rename clamped_gone to clamped');
    expect(failed.status).toBeGreaterThanOrEqual(500);
    const answer = await login(email);
    expect(clampedOf(answer)).toEqual([{ id: 'mug', requested: 16, quantity: 10 }]);
    expect(await cartOf(user)).toEqual({ mug: 10 });
  });
});
