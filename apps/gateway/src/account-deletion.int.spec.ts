import { createCarts, type Carts } from '@badger-store/cart-cache';
import { connectRedis, type RedisClient } from '@badger-store/redis-kit';
import { until } from '@badger-store/test-kit';
import { ownOrigin, races, send, startGateway, type GatewayUnderTest } from './testing/gateway-under-test';

jest.mock('@node-rs/argon2', () => jest.requireActual('./testing/cheap-argon2'));

let gateway: GatewayUnderTest;
let redis: RedisClient;
let carts: Carts;
beforeAll(async () => {
  gateway = await startGateway();
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
type Options = Parameters<typeof send>[3];
const post = (path: string, options: Options = {}) => send(gateway.url, 'POST', path, options);
const register = (email: string, options: Options & { given?: string } = {}) =>
  post('/auth/register', { body: { email, password: options.given ?? password }, ...options });
const login = (email: string) => post('/auth/login', { body: { email, password } });
const refresh = (refreshToken: unknown) => post('/auth/refresh', { body: { refreshToken } });
const me = async (token: unknown) => (await send(gateway.url, 'GET', '/auth/me', { token: String(token) })).status;
const deleteAccount = (token: unknown, given = password, headers: Record<string, string> = {}) =>
  send(gateway.url, 'DELETE', '/auth/me', { token: String(token), body: { password: given }, headers });
const newUser = async () => {
  const email = newEmail();
  const { userToken, refreshToken, user } = (await register(email)).body;
  return { email, id: String(user?.id), userToken, refreshToken };
};
const newGuest = async () => (await post('/auth/guest', { headers: { origin: ownOrigin } })).body;
const untilCartIsGone = (cartId: string) =>
  until('the cart is deleted', async () => (await carts.get(cartId)).length === 0);
const findCartDeletions = (cartId: string) =>
  gateway.query('select cart_id from cart_deletions where cart_id = $1', [cartId]);

describe('account deletion', () => {
  it('an account deletion deletes the account, its sessions and its cart, and frees the email', async () => {
    const { email, id, userToken, refreshToken } = await newUser();
    const other = (await login(email)).body;
    await carts.add(id, 'badger-enamel-mug', 2);
    expect((await deleteAccount(userToken)).status).toBe(204);
    expect(await carts.get(id)).toEqual([]);
    for (const token of [userToken, other.userToken]) expect(await me(token)).toBe(401);
    for (const token of [refreshToken, other.refreshToken]) expect((await refresh(token)).status).toBe(401);
    expect((await login(email)).body.code).toBe('WRONG_CREDENTIALS');
    expect(await gateway.query('select 1 from users where email = $1', [email])).toEqual([]);
    expect(await gateway.query('select 1 from sessions where user_id = $1', [id])).toEqual([]);
    const next = await register(email, { given: 'another good password' });
    expect([next.status, next.body.user?.id === id]).toEqual([201, false]);
  });

  it('another gateway rejects the userTokens of a deleted account', async () => {
    const replica = await gateway.replica();
    try {
      const { userToken } = await newUser();
      await deleteAccount(userToken);
      await until('the userToken is rejected', async () => {
        const { status, body } = await send(replica.url, 'GET', '/auth/me', { token: String(userToken) });
        return status === 401 && body.code === 'INVALID_TOKEN';
      });
    } finally {
      await replica.stop();
    }
  });

  it('an account deletion with a wrong password changes nothing, and the tenth failure in a session is the last attempt', async () => {
    const { email, id, userToken } = await newUser();
    const own = (await login(email)).body.userToken;
    await carts.add(id, 'badger-enamel-mug');
    for (let attempt = 0; attempt < 10; attempt += 1)
      expect((await deleteAccount(userToken, 'a wrong password')).body.code).toBe('WRONG_CREDENTIALS');
    expect((await deleteAccount(userToken)).body.code).toBe('TOO_MANY_ATTEMPTS');
    expect([await me(own), (await carts.get(id)).length]).toEqual([200, 1]);
    expect((await deleteAccount(own)).status).toBe(204);
  });

  it('an account deletion is refused for guests', async () => {
    const { status, body } = await deleteAccount((await newGuest()).userToken);
    expect([status, body.code]).toEqual([403, 'USERS_ONLY']);
  });

  it('an account deletion without a password is rejected', async () => {
    const { userToken } = await newUser();
    expect((await send(gateway.url, 'DELETE', '/auth/me', { token: String(userToken) })).status).toBe(400);
    expect(await me(userToken)).toBe(200);
  });

  it('an account deletion clears the refresh cookie and the device cookie of the account', async () => {
    const registered = await register(newEmail(), { headers: { origin: ownOrigin } });
    const [device = ''] = registered.headers.getSetCookie();
    const cookie = device.split(';')[0] ?? '';
    const { headers } = await deleteAccount(registered.body.userToken, password, { cookie });
    const cleared = headers.getSetCookie().map((text) => text.replace(/; .*Expires=Thu, 01 Jan 1970.*/, ' cleared'));
    expect(cleared).toEqual(['__Host-refresh= cleared', '__Host-device= cleared']);
  });

  it('a repeated account deletion is rejected, and concurrent ones delete the account once', async () => {
    const { email, userToken } = await newUser();
    const responses = await Promise.all([deleteAccount(userToken), deleteAccount(userToken), deleteAccount(userToken)]);
    const statuses = responses.map(({ status }) => status);
    expect(statuses).toContain(204);
    expect(statuses.every((status) => [204, 401].includes(status))).toBe(true);
    expect((await register(email)).status).toBe(201);
    expect((await deleteAccount(userToken)).body.code).toBe('INVALID_TOKEN');
    expect((await login(email)).status).toBe(200);
  });

  it(`no session survives logins during an account deletion, in ${races} races`, async () => {
    for (let race = 0; race < races; race += 1) {
      const { email, id, userToken } = await newUser();
      const [deleted, ...logins] = await Promise.all([deleteAccount(userToken), login(email), login(email)]);
      expect(deleted.status).toBe(204);
      for (const { status, body } of logins) {
        expect([200, 401]).toContain(status);
        if (status === 200) expect((await refresh(body.refreshToken)).status).toBe(401);
      }
      expect(await gateway.query('select 1 from sessions where user_id = $1', [id])).toEqual([]);
    }
  }, 300_000);
});

describe('cart of a deleted account', () => {
  it('the cart stays while a checkout is open, and the sweeper deletes it afterwards', async () => {
    const { id, userToken } = await newUser();
    await carts.add(id, 'badger-enamel-mug', 2);
    await carts.withCheckoutLock(id, async (lock) => {
      expect((await deleteAccount(userToken)).status).toBe(204);
      expect(await carts.get(id)).toHaveLength(1);
      await lock.release();
    });
    await untilCartIsGone(id);
  });

  it('the sweeper deletes a cart that is filled again, as after a crash before the cart was deleted', async () => {
    const { id, userToken } = await newUser();
    await deleteAccount(userToken);
    await carts.add(id, 'badger-enamel-mug');
    await untilCartIsGone(id);
    expect(await findCartDeletions(id)).toHaveLength(1);
  });

  it('the deletion of a cart is done when it succeeds after all userTokens have expired', async () => {
    const { id, userToken } = await newUser();
    await carts.add(id, 'badger-enamel-mug');
    await carts.withCheckoutLock(id, async (lock) => {
      await deleteAccount(userToken);
      await gateway.query(
        `update cart_deletions set requested_at = now() - interval '12 minutes', due_at = now() where cart_id = $1`,
        [id],
      );
      await until('the sweeper has tried', async () => {
        const tried = 'select 1 from cart_deletions where cart_id = $1 and due_at > now()';
        return (await gateway.query(tried, [id])).length === 1;
      });
      expect(await carts.get(id)).toHaveLength(1);
      await lock.release();
    });
    await gateway.query('update cart_deletions set due_at = now() where cart_id = $1', [id]);
    await until('the deletion is done', async () => (await findCartDeletions(id)).length === 0);
    expect(await carts.get(id)).toEqual([]);
  });

  it('an account is deleted while Redis does not respond, and its cart when Redis responds again', async () => {
    const { email, id, userToken } = await newUser();
    await carts.add(id, 'badger-enamel-mug');
    gateway.redis.process.kill('SIGSTOP');
    try {
      expect((await deleteAccount(userToken)).status).toBe(204);
      expect(await gateway.query('select 1 from users where email = $1', [email])).toEqual([]);
    } finally {
      gateway.redis.process.kill('SIGCONT');
    }
    await redis.ready(30_000);
    await untilCartIsGone(id);
  });

  it('the cart of a guest whose migration is open is deleted too', async () => {
    const guest = await newGuest();
    const guestId = String(guest.user?.id);
    const { userToken, user } = (await register(newEmail(), { token: String(guest.userToken) })).body;
    await carts.add(guestId, 'badger-enamel-mug');
    expect((await deleteAccount(userToken)).status).toBe(204);
    await untilCartIsGone(guestId);
    await untilCartIsGone(String(user?.id));
    expect(await gateway.query('select 1 from guest_migrations where guest_id = $1', [guestId])).toEqual([]);
  });
});
