import * as argon2 from '@node-rs/argon2';
import { createCarts } from '@badger-store/cart-cache';
import { connectRedis, type RedisClient } from '@badger-store/redis-kit';
import { loadConfig } from '@badger-store/service-kit';
import { until } from '@badger-store/test-kit';
import { manageApiKeys } from './api-keys';
import { configSchema } from './config';
import {
  decodeClaims,
  ownOrigin,
  send,
  startGateway,
  type GatewayResponse,
  type GatewayUnderTest,
} from './testing/gateway-under-test';

jest.mock('@node-rs/argon2', () => jest.requireActual('./testing/cheap-argon2'));

let gateway: GatewayUnderTest;
let redis: RedisClient;
beforeAll(async () => {
  gateway = await startGateway();
  redis = connectRedis({ url: gateway.redis.url }, () => undefined);
  await redis.ready(30_000);
});
afterAll(async () => {
  await redis.close();
  await gateway.stop();
});

const password = 'four badgers in a sett';
let last = 0;
const newEmail = () => `badger-${(last += 1)}@store.example`;
const post = (path: string, options: Parameters<typeof send>[3] = {}, url = gateway.url) =>
  send(url, 'POST', path, options);
const own = { origin: ownOrigin };
const guest = async (headers: Record<string, string> = own) => (await post('/auth/guest', { headers })).body;
const register = (email: string, token?: string) => post('/auth/register', { body: { email, password }, token });
const login = (email: string, given = password, token?: string) =>
  post('/auth/login', { body: { email, password: given }, token });
const refresh = (refreshToken: unknown, url = gateway.url) => post('/auth/refresh', { body: { refreshToken } }, url);
const me = (session: { userToken?: string }, url = gateway.url) =>
  send(url, 'GET', '/auth/me', { token: String(session.userToken) });
const refused = (session: { userToken?: string }, url = gateway.url) =>
  until('the token is refused', async () => (await me(session, url)).status === 401);

describe('session', () => {
  it('the session of a guest has the fields of the contract, and is not cached', async () => {
    const { status, headers, body } = await post('/auth/guest', { headers: own });
    expect(status).toBe(201);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      userToken: expect.any(String),
      tokenType: 'Bearer',
      expiresIn: 600,
      refreshToken: expect.any(String),
      refreshExpiresIn: 30 * 24 * 3600,
      user: { id: expect.stringMatching(/^g-[\w-]{22}$/), kind: 'guest' },
    });
    expect((await me(body)).body).toEqual({ id: body.user?.id, kind: 'guest' });
  });

  it.each<[string, Record<string, string>, string]>([
    ['a first-party origin', own, 'cart orders:read checkout'],
    ['a page of the same origin', { 'sec-fetch-site': 'same-origin' }, 'cart orders:read checkout'],
    ['no origin', {}, 'cart orders:read'],
    ['another origin', { origin: 'https://evil.example' }, 'cart orders:read'],
    ['an origin that looks alike', { origin: `${ownOrigin}.evil.example` }, 'cart orders:read'],
    ['the null origin', { origin: 'null', 'sec-fetch-site': 'same-origin' }, 'cart orders:read'],
    ['another site', { 'sec-fetch-site': 'cross-site' }, 'cart orders:read'],
  ])(
    'a session that begins from %s keeps its scopes when a first-party request refreshes it',
    async (_, from, scope) => {
      const initial = await guest(from);
      expect(decodeClaims(initial.userToken).scope).toBe(scope);
      const renewed = await post('/auth/refresh', { body: { refreshToken: initial.refreshToken }, headers: own });
      expect(decodeClaims(renewed.body.userToken).scope).toBe(scope);
    },
  );

  it('sessions on two devices belong to the same user', async () => {
    const email = newEmail();
    const first = await register(email);
    expect([first.status, first.body.user]).toEqual([201, { id: expect.stringMatching(/^u-/), kind: 'user', email }]);
    const second = await login(email.toUpperCase());
    expect([second.status, second.body.user]).toEqual([200, first.body.user]);
    expect(decodeClaims(second.body.userToken).sid).not.toBe(decodeClaims(first.body.userToken).sid);
    expect((await me(second.body)).body).toEqual(first.body.user);
  });
});

describe('register', () => {
  it.each([
    ['short', 'short'],
    ['a common password', 'QwertyQwerty'],
    ['the same few characters', 'abcabcabcabcabc'],
    ['eleven characters that are more bytes', '🦡🦡🦡🦡🦡🦡🦡🦡🦡🦡a'],
  ])('register rejects %s', async (_what, weak) => {
    const { status, body } = await post('/auth/register', { body: { email: newEmail(), password: weak } });
    expect([status, body.errors]).toEqual([400, [{ path: 'password', message: expect.any(String) }]]);
  });

  it('register rejects the email as password', async () => {
    const email = newEmail();
    expect((await post('/auth/register', { body: { email, password: email } })).body.code).toBe('WEAK_PASSWORD');
  });

  it('a repeated register finds the account with the right password, and responds 409 with another one', async () => {
    const email = newEmail();
    const first = await register(email);
    const again = await register(email);
    expect([again.status, again.body.user]).toEqual([201, first.body.user]);
    const taken = await post('/auth/register', { body: { email, password: 'some other password' } });
    expect([taken.status, taken.body.code]).toEqual([409, 'EMAIL_TAKEN']);
  });

  it('twenty concurrent registers create one account', async () => {
    const email = newEmail();
    const responses = await Promise.all(Array.from({ length: 20 }, () => register(email)));
    const ids = responses.filter(({ status }) => status === 201).map(({ body }) => body.user?.id);
    expect(ids.length).toBeGreaterThan(0);
    expect(new Set(ids).size).toBe(1);
    expect(responses.every(({ status }) => [201, 429].includes(status))).toBe(true);
  });
});

describe('login with a wrong password', () => {
  it('a failed login responds alike for known and unknown emails', async () => {
    const known = newEmail();
    await register(known);
    const plain = ({ status, body, headers }: GatewayResponse) => [
      status,
      { ...body, requestId: '' },
      headers.get('www-authenticate'),
    ];
    expect(plain(await login(known, 'a wrong password'))).toEqual(plain(await login(newEmail(), 'a wrong password')));
    expect((await login(known, 'a wrong password')).body.code).toBe('WRONG_CREDENTIALS');
  });

  it('a failed login runs argon2 once for known and unknown emails', async () => {
    const known = newEmail();
    await register(known);
    const countWork = async (email: string) => {
      jest.mocked(argon2.hash).mockClear();
      jest.mocked(argon2.verify).mockClear();
      await login(email, 'a wrong password');
      return jest.mocked(argon2.hash).mock.calls.length + jest.mocked(argon2.verify).mock.calls.length;
    };
    expect([await countWork(known), await countWork(newEmail())]).toEqual([1, 1]);
  });
});

describe('password spraying', () => {
  it('one password tried on many accounts is limited by address, and a success at one’s own account clears nothing', async () => {
    const sprayed = await startGateway();
    try {
      const email = 'mine@store.example';
      const headers = { 'x-forwarded-for': '10.9.9.9' };
      const { status, body: initial } = await post('/auth/register', { body: { email, password } }, sprayed.url);
      expect([status, initial]).toEqual([201, expect.anything()]);
      const statuses: number[] = [];
      for (let n = 0; n < 40; n += 1) {
        const body = { email: `other-${n}@store.example`, password: 'summer in the sett' };
        statuses.push((await post('/auth/login', { body, headers }, sprayed.url)).status);
        if (n % 5 === 0 && n < 30)
          expect((await post('/auth/login', { body: { email, password }, headers }, sprayed.url)).status).toBe(200);
      }
      expect(statuses.filter((status) => status === 401)).toHaveLength(30);
      expect(statuses.slice(30).every((status) => status === 429)).toBe(true);
    } finally {
      await sprayed.stop();
    }
  });
});

describe('refresh token', () => {
  it('a refresh token gives the same successor again when the response is lost', async () => {
    const initial = await guest();
    const first = await refresh(initial.refreshToken);
    expect(first.status).toBe(200);
    expect(first.body.refreshToken).not.toBe(initial.refreshToken);
    expect((await refresh(initial.refreshToken)).body.refreshToken).toBe(first.body.refreshToken);
    expect((await refresh(first.body.refreshToken)).status).toBe(200);
  });

  it('a refresh token sent fifty times at once to two gateways gives one successor and ends no session', async () => {
    const other = await gateway.replica();
    const initial = await guest();
    const responses = await Promise.all(
      Array.from({ length: 50 }, (_, n) => refresh(initial.refreshToken, n % 2 ? gateway.url : other.url)),
    );
    expect(responses.filter(({ status }) => status !== 200).map(({ body }) => body)).toEqual([]);
    expect(new Set(responses.map(({ body }) => body.refreshToken)).size).toBe(1);
    expect((await refresh(responses[0]?.body.refreshToken)).status).toBe(200);
    await other.stop();
  });

  it('a reused refresh token ends the session and its userTokens', async () => {
    const initial = await guest();
    const first = await refresh(initial.refreshToken);
    const second = await refresh(first.body.refreshToken);
    const replayed = await refresh(initial.refreshToken);
    expect([replayed.status, replayed.body.code]).toEqual([401, 'INVALID_REFRESH_TOKEN']);
    expect((await refresh(second.body.refreshToken)).status).toBe(401);
    await refused(second.body);
  });

  it.each(['guest', 'user'] as const)('a forged refresh token of a %s does not end the session', async (kind) => {
    const initial = kind === 'guest' ? await guest() : (await register(newEmail())).body;
    const real = kind === 'guest' ? (await refresh(initial.refreshToken)).body.refreshToken : initial.refreshToken;
    const [sessionId, , mac = ''] = String(real).split('.');
    const [label, payload = ''] = String((await guest()).refreshToken).split('.');
    for (const forged of [
      `${sessionId}.3.${mac}`,
      `${sessionId}.1.${'A'.repeat(43)}`,
      `${sessionId}.0.${mac}`,
      `${label}.${payload}.${mac}`,
      `${label}.${payload.slice(0, -2)}.${mac}`,
      'guest..',
      'a.b.c',
      'nonsense',
    ])
      expect([forged, (await refresh(forged)).status]).toEqual([forged, 401]);
    expect((await refresh(real)).status).toBe(200);
  });

  it('the refresh token is in an HttpOnly SameSite cookie, and not in the body, in cookie mode', async () => {
    const { status, headers, body } = await post('/auth/guest', { headers: own, body: { refreshIn: 'cookie' } });
    expect([status, body.refreshToken]).toEqual([201, undefined]);
    const cookie = headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(
      /^__Host-refresh=[\w.-]+; Max-Age=\d+; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Strict$/,
    );
    const sent = { cookie: `theme=dark; ${cookie.split(';')[0]}` };

    const others: Record<string, string>[] = [
      {},
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
      { origin: 'null' },
    ];
    for (const from of others) {
      const { status: forged } = await post('/auth/refresh', { headers: { ...sent, ...from } });
      expect(forged).toBe(403);
    }
    const renewed = await post('/auth/refresh', { headers: { ...sent, ...own } });
    expect([renewed.status, renewed.body.refreshToken]).toEqual([200, undefined]);
    expect(renewed.headers.get('set-cookie')).toMatch(/^__Host-refresh=/);
    expect(renewed.headers.get('set-cookie')).not.toBe(cookie);
  });

  it('the refresh cookie is set for first-party requests only', async () => {
    expect((await post('/auth/guest', { body: { refreshIn: 'cookie' } })).status).toBe(403);
    const email = newEmail();
    await register(email);
    const body = { email, password, refreshIn: 'cookie' };
    expect((await post('/auth/login', { body, headers: { origin: 'https://evil.example' } })).status).toBe(403);
  });
});

describe('logout', () => {
  it('logout ends the session at every gateway within a second, and its refresh token', async () => {
    const other = await gateway.replica();
    const initial = await guest();
    await until('the other gateway knows the session', async () => (await me(initial, other.url)).status === 200);
    expect((await post('/auth/logout', { token: String(initial.userToken) })).status).toBe(204);
    await Promise.all([refused(initial), refused(initial, other.url)]);
    expect((await refresh(initial.refreshToken)).status).toBe(401);
    await other.stop();
  });

  it('logout during fifty refreshes leaves no refresh token, and no userToken that is valid after a second', async () => {
    const initial = await guest();
    const [out, ...responses] = await Promise.all([
      post('/auth/logout', { token: String(initial.userToken) }),
      ...Array.from({ length: 50 }, () => refresh(initial.refreshToken)),
    ]);
    expect(out.status).toBe(204);
    for (const { status, body } of responses.filter(({ status: got }) => got === 200)) {
      expect(status).toBe(200);
      await refused(body);
      expect((await refresh(body.refreshToken)).status).toBe(401);
    }
    expect((await refresh(initial.refreshToken)).status).toBe(401);
  });

  it('logout-all ends all sessions of the user, and later sessions are valid', async () => {
    const email = newEmail();
    const [one, two] = [(await register(email)).body, (await login(email)).body];
    expect((await post('/auth/logout-all', { token: String(one.userToken) })).status).toBe(204);
    await Promise.all([refused(one), refused(two)]);
    expect((await refresh(two.refreshToken)).status).toBe(401);
    expect((await me((await login(email)).body)).status).toBe(200);
  });
});

describe('password change', () => {
  it('a password change requires the current password, ends the other sessions and keeps this one', async () => {
    const email = newEmail();
    const [mine, other] = [(await register(email)).body, (await login(email)).body];
    const change = (currentPassword: string, newPassword: string) =>
      post('/auth/password', { token: String(mine.userToken), body: { currentPassword, newPassword } });
    expect((await change('a wrong password', 'another good password')).body.code).toBe('WRONG_CREDENTIALS');
    expect((await change(password, 'qwertyqwerty')).body.code).toBe('WEAK_PASSWORD');
    expect((await change(password, 'another good password')).status).toBe(204);
    await refused(other);
    expect((await me(mine)).status).toBe(200);
    expect((await refresh(mine.refreshToken)).status).toBe(200);
    expect((await refresh(other.refreshToken)).status).toBe(401);
    expect((await login(email)).status).toBe(401);
    expect((await login(email, 'another good password')).status).toBe(200);
  });

  it('a password change is refused for guests', async () => {
    const body = { currentPassword: password, newPassword: 'another good password' };
    expect((await post('/auth/password', { token: String((await guest()).userToken), body })).status).toBe(403);
  });
});

describe('guest at login', () => {
  const carts = () => createCarts({ redis });
  const getCart = (userId: string) => carts().get(userId);

  it('a guest’s cart is merged once when the response is lost and the login is repeated', async () => {
    const email = newEmail();
    const initial = await guest();
    await carts().add(String(initial.user?.id), 'badger-enamel-mug', 2);
    const first = await register(email, String(initial.userToken));
    const userId = String(first.body.user?.id);
    expect(await getCart(userId)).toEqual([{ id: 'badger-enamel-mug', quantity: 2 }]);
    await refused(initial);
    expect((await login(email, password, String(initial.userToken))).status).toBe(200);
    expect((await register(email, String(initial.userToken))).status).toBe(201);
    expect(await getCart(userId)).toEqual([{ id: 'badger-enamel-mug', quantity: 2 }]);
    expect(gateway.upstream.received.at(-1)).toMatchObject({
      url: '/internal/guest-migrations',
      body: JSON.stringify({ guestId: initial.user?.id, userId }),
    });
  });

  it('lines that a guest adds after the login are merged at the next refresh', async () => {
    const initial = await guest();
    const { body } = await register(newEmail(), String(initial.userToken));
    await carts().add(String(initial.user?.id), 'badger-enamel-mug');
    await refresh(body.refreshToken);
    expect(await getCart(String(body.user?.id))).toEqual([{ id: 'badger-enamel-mug', quantity: 1 }]);
  });

  it('a guest signs in while checkout is unavailable, and the orders follow', async () => {
    const { respond } = gateway.upstream;
    gateway.upstream.respond = () => ({ status: 503, body: {} });
    const initial = await guest();
    await carts().add(String(initial.user?.id), 'badger-enamel-mug');
    const { status, body } = await register(newEmail(), String(initial.userToken));
    expect(status).toBe(201);
    expect(await getCart(String(body.user?.id))).toHaveLength(1);
    gateway.upstream.respond = respond;
    const calls = () => gateway.upstream.received.filter(({ body: sent }) => sent.includes(String(initial.user?.id)));
    const before = calls().length;
    expect(before).toBeGreaterThan(0);
    await refresh(body.refreshToken);
    expect(calls().length).toBeGreaterThan(before);
  });

  it('a login takes over nothing of a guest who signed out, nor of a user', async () => {
    const initial = await guest();
    await carts().add(String(initial.user?.id), 'badger-enamel-mug');
    await post('/auth/logout', { token: String(initial.userToken) });
    const { status, body } = await register(newEmail(), String(initial.userToken));
    expect([status, await getCart(String(body.user?.id))]).toEqual([201, []]);

    await carts().add(String(body.user?.id), 'badger-enamel-mug');
    const other = await register(newEmail(), String(body.userToken));
    expect(await getCart(String(other.body.user?.id))).toEqual([]);
    expect((await me(body)).status).toBe(200);
  });

  it('a login with an invalid userToken is rejected before anything changes', async () => {
    const email = newEmail();
    expect((await register(email, 'a.b.c')).body.code).toBe('INVALID_TOKEN');
    expect((await login(email)).status).toBe(401);
  });
});

describe('the command api-keys', () => {
  const apiKeys = (...args: string[]) =>
    manageApiKeys(args, loadConfig(configSchema, gateway.env), () => {
      throw new Error('printed');
    });

  it('the command api-keys rejects an unknown key, scope and command', async () => {
    await expect(apiKeys('revoke', 'none')).rejects.toThrow('API key none does not exist');
    for (const args of [['create', '--name', 'x', '--scopes', 'all'], ['show'], ['revoke']])
      await expect(apiKeys(...args)).rejects.toThrow('usage');
  });
});
