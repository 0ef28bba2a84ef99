import * as argon2 from '@node-rs/argon2';
import { until } from '@badger-store/test-kit';
import { Redis } from 'ioredis';
import { ownOrigin, races, send, startGateway, type GatewayUnderTest } from './testing/gateway-under-test';

jest.mock('@node-rs/argon2', () => jest.requireActual('./testing/cheap-argon2'));

let gateway: GatewayUnderTest;
let redis: Redis;
beforeAll(async () => {
  gateway = await startGateway();
  redis = new Redis(gateway.redis.url);
});
afterAll(async () => {
  redis.disconnect();
  await gateway.stop();
});

const password = 'four badgers in a sett';
const newPassword = 'five badgers in a sett';
let last = 0;
const newEmail = () => `badger-${(last += 1)}@store.example`;
const post = (path: string, options: Parameters<typeof send>[3] = {}) => send(gateway.url, 'POST', path, options);
const own = { origin: ownOrigin };
const newGuest = async () => (await post('/auth/guest', { headers: own })).body;
const register = (email: string, given = password) => post('/auth/register', { body: { email, password: given } });
const login = (email: string, given = password) => post('/auth/login', { body: { email, password: given } });
const newUser = async () => (await register(newEmail())).body;
const refresh = (refreshToken: unknown) => post('/auth/refresh', { body: { refreshToken } });
const changePassword = (token: unknown, next = newPassword) =>
  post('/auth/password', { token: String(token), body: { currentPassword: password, newPassword: next } });
const me = async (token: unknown) => (await send(gateway.url, 'GET', '/auth/me', { token: String(token) })).status;
/** Lets the grace of every refresh token end. */
const waitOutGrace = () => gateway.query(`update sessions set rotated_at = rotated_at - interval '31 seconds'`);

describe.each([
  ['a guest', newGuest],
  ['a user', newUser],
])('the refresh token of %s', (who, begin) => {
  it(`the refresh token of ${who} is valid when the response with its successor was lost long ago`, async () => {
    const { refreshToken } = await begin();
    const lost = await refresh(refreshToken);
    await waitOutGrace();
    const lostToo = await refresh(refreshToken);
    await waitOutGrace();
    const received = await refresh(refreshToken);
    expect([lost.status, lostToo.status, received.status]).toEqual([200, 200, 200]);
    expect(new Set([lost, lostToo, received].map(({ body }) => body.refreshToken)).size).toBe(3);
    expect((await refresh(received.body.refreshToken)).status).toBe(200);
  });

  it(`the skipped refresh token of ${who} ends the session`, async () => {
    const { refreshToken } = await begin();
    const skipped = await refresh(refreshToken);
    await waitOutGrace();
    const received = await refresh(refreshToken);
    expect((await refresh(skipped.body.refreshToken)).status).toBe(401);
    expect((await refresh(received.body.refreshToken)).status).toBe(401);
    expect(await me(received.body.userToken)).toBe(401);
  });

  it.each(['thief', 'owner'])(
    'the second refresh ends the session when thief and owner use one refresh token, the %s first',
    async () => {
      const stolen = (await begin()).refreshToken;
      const first = await refresh(stolen);
      await waitOutGrace();
      const second = await refresh(stolen);
      await waitOutGrace();
      expect([first.status, second.status]).toEqual([200, 200]);
      expect((await refresh(first.body.refreshToken)).status).toBe(401);
      expect((await refresh(second.body.refreshToken)).status).toBe(401);
    },
  );

  it(`the refresh token of ${who} is valid after Redis lost all data`, async () => {
    const { refreshToken } = await begin();
    const first = await refresh(refreshToken);
    await redis.flushall();
    expect((await refresh(first.body.refreshToken)).status).toBe(200);
  });

  it(`a reused refresh token of ${who} ends the session once when it is sent many times at once`, async () => {
    const { refreshToken } = await begin();
    const second = await refresh((await refresh(refreshToken)).body.refreshToken);
    const responses = await Promise.all(Array.from({ length: 10 }, () => refresh(refreshToken)));
    expect(responses.map(({ status }) => status)).toEqual(Array(10).fill(401));
    expect((await refresh(second.body.refreshToken)).status).toBe(401);
    const sid = String(second.body.refreshToken).split('.')[0];
    expect(await gateway.query('select from revocations where target = $1', [sid])).toHaveLength(1);
  });
});

describe('guest session', () => {
  it('a guest session begins without PostgreSQL, and writes no key to Redis', async () => {
    await redis.flushall();
    const alone = await gateway.replica({ DATABASE_URL: 'postgres://unknown@127.0.0.1:1/none' });
    const headers = { 'x-forwarded-for': '10.0.0.1' };
    const responses = await Promise.all(
      Array.from({ length: 50 }, () => send(alone.url, 'POST', '/auth/guest', { headers })),
    );
    await alone.stop();
    expect(responses.map(({ status }) => status)).toEqual(Array(50).fill(201));
    // Of the addresses that sent requests, these and those before; not one for each guest.
    expect((await redis.keys('*')).length).toBeLessThan(responses.length);
    expect((await refresh(responses[0]?.body.refreshToken)).status).toBe(200);
  });

  it('a guest session lives at least as long as the cart', async () => {
    const [week, minute] = [7 * 24 * 3600, 60];
    const hasty = await gateway.replica({ CART_TTL_SECONDS: String(week), REFRESH_TTL_SECONDS: String(minute) });
    const { body } = await send(hasty.url, 'POST', '/auth/guest');
    expect(body.refreshExpiresIn).toBe(week);
    const ofUser = await send(hasty.url, 'POST', '/auth/register', { body: { email: newEmail(), password } });
    expect(ofUser.body.refreshExpiresIn).toBe(minute);
    await hasty.stop();
  });

  it('a guest session keeps its scopes when it is refreshed', async () => {
    const initial = await newGuest();
    const { body } = await refresh(initial.refreshToken);
    expect(body.user).toEqual(initial.user);
    expect(String(body.refreshToken)).not.toContain('guest.');
  });
});

describe('password change', () => {
  it(`a password change ends every session that began with the old password, in ${races} races`, async () => {
    for (let race = 0; race < races; race += 1) {
      const email = newEmail();
      const mine = (await register(email)).body;
      const [changed, ...logins] = await Promise.all([
        changePassword(mine.userToken),
        ...Array.from({ length: 3 }, () => login(email)),
      ]);
      expect(changed.status).toBe(204);
      for (const { status, body } of logins) {
        expect([200, 401]).toContain(status);
        if (status !== 200) continue;
        expect((await refresh(body.refreshToken)).status).toBe(401);
        await until('the userToken is refused', async () => (await me(body.userToken)) === 401);
      }
      expect((await refresh(mine.refreshToken)).status).toBe(200);
      expect((await login(email)).status).toBe(401);
    }
  }, 300_000);

  it(`one of two concurrent password changes with the same current password succeeds, in ${races} races`, async () => {
    for (let race = 0; race < races; race += 1) {
      const email = newEmail();
      const sessions = [(await register(email)).body, (await login(email)).body];
      const candidates = [newPassword, 'six badgers in a sett'];
      const changes = await Promise.all(sessions.map(({ userToken }, n) => changePassword(userToken, candidates[n])));
      expect(changes.map(({ status }) => status).sort()).toEqual([204, 401]);
      const winner = changes.findIndex(({ status }) => status === 204);
      expect((await login(email, candidates[winner])).status).toBe(200);
      expect((await refresh(sessions[1 - winner]?.refreshToken)).status).toBe(401);
    }
  }, 300_000);

  it('a login is refused when the password changes after it was verified', async () => {
    const email = newEmail();
    const { userToken } = (await register(email)).body;
    const { verify } = jest.requireActual<typeof argon2>('@node-rs/argon2');
    let verified!: () => void;
    let proceed!: () => void;
    const isVerified = new Promise<void>((resolve) => (verified = resolve));
    const gate = new Promise<void>((resolve) => (proceed = resolve));
    jest.mocked(argon2.verify).mockImplementationOnce(async (...args) => {
      const result = await verify(...args);
      verified();
      await gate;
      return result;
    });
    const late = login(email);
    await isVerified;
    expect((await changePassword(userToken)).status).toBe(204);
    proceed();
    expect((await late).body.code).toBe('WRONG_CREDENTIALS');
  });

  it('a password change is refused when the user signs out everywhere meanwhile', async () => {
    const email = newEmail();
    const { userToken } = (await register(email)).body;
    const [changed] = await Promise.all([
      changePassword(userToken),
      post('/auth/logout-all', { token: String(userToken) }),
    ]);
    const isChanged = (await login(email)).status === 401;
    expect(isChanged).toBe(changed.status === 204);
    expect(await me(userToken)).toBe(401);
  });

  it('a password change holds no connection to PostgreSQL while the password is hashed', async () => {
    const email = newEmail();
    const { userToken } = (await register(email)).body;
    let hashing!: () => void;
    let proceed!: () => void;
    const started = new Promise<void>((resolve) => (hashing = resolve));
    const gate = new Promise<void>((resolve) => (proceed = resolve));
    const { hash } = jest.requireActual<typeof argon2>('@node-rs/argon2');
    jest.mocked(argon2.hash).mockImplementationOnce(async (...args) => {
      hashing();
      await gate;
      return hash(...args);
    });
    const changing = changePassword(userToken);
    await started;
    const held = await gateway.query(
      `select from pg_stat_activity where application_name = 'gateway' and xact_start is not null and state <> 'active'`,
    );
    proceed();
    expect(held).toEqual([]);
    expect((await changing).status).toBe(204);
  });

  it('a password change keeps the userToken of its own session valid', async () => {
    const mine = await newUser();
    await changePassword(mine.userToken);
    expect(await me(mine.userToken)).toBe(200);
    const renewed = (await refresh(mine.refreshToken)).body;
    expect((await changePassword(renewed.userToken)).status).toBe(401);
    expect(await me(renewed.userToken)).toBe(200);
  });
});

describe('logout-all', () => {
  it(`logout-all ends all earlier sessions, and a login after it succeeds, in ${races} races`, async () => {
    for (let race = 0; race < races; race += 1) {
      const email = newEmail();
      const { userToken } = (await register(email)).body;
      const [out, inAgain] = await Promise.all([post('/auth/logout-all', { token: String(userToken) }), login(email)]);
      expect([out.status, inAgain.status]).toEqual([204, 200]);
      expect(await me(userToken)).toBe(401);
      // It began before or after: its userToken and its refresh token say the same.
      const renewed = await refresh(inAgain.body.refreshToken);
      await until('both agree', async () => (await me(inAgain.body.userToken)) === renewed.status);
    }
  }, 300_000);
});

describe('password', () => {
  it.each([
    [
      'composed and decomposed',
      'Dächsbau mit vier Äpfeln'.normalize('NFC'),
      'Dächsbau mit vier Äpfeln'.normalize('NFD'),
    ],
    ['in full width', 'four badgers in', 'ｆｏｕｒ　ｂａｄｇｅｒｓ　ｉｎ'],
    ['with a ligature', 'official badgers', 'oﬃcial badgers'],
    ['as long as may be, and decomposed', 'dächs'.repeat(51), 'dächs'.normalize('NFD').repeat(51)],
  ])('a password is the same %s (NIST SP 800-63B, section 3.1.1.2)', async (_how, one, other) => {
    const email = newEmail();
    expect((await register(email, one)).status).toBe(201);
    expect((await login(email, other)).status).toBe(200);
    const { body } = await login(email, one);
    const change = { currentPassword: other, newPassword };
    expect((await post('/auth/password', { token: String(body.userToken), body: change })).status).toBe(204);
  });

  it('a common password is refused in full-width letters too', async () => {
    const { status, body } = await register(newEmail(), 'ｑｗｅｒｔｙｑｗｅｒｔｙ');
    expect([status, body.code]).toEqual([400, 'WEAK_PASSWORD']);
  });
});

describe('logout with an expired userToken', () => {
  it.each([
    ['a guest', newGuest],
    ['a user', newUser],
  ])('logout with an expired userToken ends the session of %s by the refresh token', async (_who, begin) => {
    const { userToken, refreshToken } = await begin();
    const token = gateway.expired(userToken);
    expect((await post('/auth/logout', { token })).status).toBe(401);
    expect((await post('/auth/logout', { token, body: { refreshToken } })).status).toBe(204);
    expect((await refresh(refreshToken)).status).toBe(401);
    expect(await me(userToken)).toBe(401);
    expect((await post('/auth/logout', { body: { refreshToken } })).status).toBe(204);
  });

  it('logout with an expired userToken ends the session of the refresh cookie for first-party requests only', async () => {
    const { headers, body } = await post('/auth/guest', { headers: own, body: { refreshIn: 'cookie' } });
    const cookie = String(headers.get('set-cookie')).split(';')[0] ?? '';
    const token = gateway.expired(body.userToken);
    const foreign = await post('/auth/logout', { token, headers: { cookie, origin: 'https://evil.example' } });
    expect(foreign.status).toBe(401);
    expect((await post('/auth/logout', { token, headers: { cookie, ...own } })).status).toBe(204);
    expect((await post('/auth/refresh', { headers: { cookie, ...own } })).status).toBe(401);
  });

  it.each([
    ['with nothing', {}, 401],
    ['with a refresh token that is none', { body: { refreshToken: 'none' } }, 401],
    ['with a body that is not valid', { body: { more: 1 } }, 400],
    ['with a malformed body', { headers: { 'content-type': 'text/plain' } }, 401],
  ])('logout clears the refresh cookie %s', async (_how, options, status) => {
    const response = await post('/auth/logout', options);
    expect(response.status).toBe(status);
    expect(response.headers.get('set-cookie')).toMatch(/^__Host-refresh=; Path=\/; Expires=Thu, 01 Jan 1970/);
  });
});
