import * as argon2 from '@node-rs/argon2';
import { ownOrigin, send, startGateway, type Answer, type GatewayUnderTest } from './testing/gateway-under-test';

jest.mock('@node-rs/argon2', () => jest.requireActual('./testing/cheap-argon2'));

let gateway: GatewayUnderTest;
let other: Awaited<ReturnType<GatewayUnderTest['replica']>>;
beforeAll(async () => {
  gateway = await startGateway();
  other = await gateway.replica();
});
afterAll(async () => {
  await other.stop();
  await gateway.stop();
});
jest.setTimeout(120_000);

const password = 'four badgers in a sett';
const wrong = 'five badgers in a sett';
let last = 0;
const newEmail = () => `badger-${(last += 1)}@store.example`;
const newAddress = () => `172.16.${(last += 1) >> 8}.${last & 255}`;
const times = (count: number) => Array.from({ length: count }, (_, n) => n);

interface From {
  readonly address?: string;
  readonly cookie?: string;
  readonly origin?: string;
  readonly url?: string;
}
const headersOf = ({ address = newAddress(), cookie, origin = ownOrigin }: From) => ({
  'x-forwarded-for': address,
  origin,
  ...(cookie === undefined ? {} : { cookie }),
});
const login = (email: string, given = password, from: From = {}) =>
  send(from.url ?? gateway.url, 'POST', '/auth/login', {
    body: { email, password: given },
    headers: headersOf(from),
    // A thousand at once take their time on a small machine.
    timeoutMs: 60_000,
  });
const register = (email: string, from: From = {}) =>
  send(gateway.url, 'POST', '/auth/register', { body: { email, password }, headers: headersOf(from) });
const changePassword = (token: unknown, currentPassword: string, newPassword: string) =>
  send(gateway.url, 'POST', '/auth/password', { token: String(token), body: { currentPassword, newPassword } });
const newAccount = async () => {
  const email = newEmail();
  const answer = await register(email);
  expect(answer.status).toBe(201);
  return { email, token: answer.body.userToken, device: deviceCookieOf(answer) };
};
const setCookieOf = ({ headers }: Answer) =>
  headers.getSetCookie().find((cookie) => cookie.startsWith('__Host-device='));
const deviceCookieOf = (answer: Answer) => setCookieOf(answer)?.split(';')[0] ?? '';
const statusesOf = (answers: readonly Answer[]) => new Set(answers.map(({ status }) => status));
/** One wrong guess from each of many addresses, twenty at a time. */
const guessFromManyAddresses = async (email: string, count: number) => {
  const answers: Answer[] = [];
  while (answers.length < count) {
    const batch = times(Math.min(20, count - answers.length));
    answers.push(
      ...(await Promise.all(batch.map((n) => login(email, wrong, { url: n % 2 ? gateway.url : other.url })))),
    );
  }
  return answers;
};

describe('one stranger with one address', () => {
  it('keeps the owner at another address from nothing when the stranger guesses all the time', async () => {
    const { email } = await newAccount();
    const address = newAddress();
    const guesses: Promise<Answer>[] = [];
    for (let n = 0; n < 12; n += 1) guesses.push(login(email, wrong, { address }));
    await Promise.race(guesses);
    for (let second = 0; second < 37; second += 1) {
      guesses.push(login(email, wrong, { address }));
      expect((await login(email)).status).toBe(200);
    }
    expect(statusesOf(await Promise.all(guesses))).toEqual(new Set([401, 429]));
    expect((await login(email)).status).toBe(200);
  });

  it('does not stop the owner from changing the password when the stranger guesses at the sign-in', async () => {
    const { email, token } = await newAccount();
    const address = newAddress();
    await Promise.all(times(40).map(() => login(email, wrong, { address })));
    expect((await changePassword(token, password, 'another good password')).status).toBe(204);
  });

  it('does not stop the owner from changing the password or signing in when the stranger guesses within a stolen session', async () => {
    const { email, token: stolen } = await newAccount();
    const { userToken } = (await login(email)).body;
    const guesses = await Promise.all(times(40).map(() => changePassword(stolen, wrong, 'another good password')));
    expect(guesses.filter(({ status }) => status === 401)).toHaveLength(10);
    expect(statusesOf(guesses)).toEqual(new Set([401, 429]));
    expect((await login(email)).status).toBe(200);
    expect((await changePassword(userToken, password, 'another good password')).status).toBe(204);
  });

  it('has no more passwords hashed than the limit when it sends a thousand guesses at once', async () => {
    const { email } = await newAccount();
    const address = newAddress();
    jest.mocked(argon2.verify).mockClear();
    const guesses = await Promise.all(times(1000).map(() => login(email, wrong, { address })));
    expect(argon2.verify).toHaveBeenCalledTimes(10);
    expect(guesses.filter(({ status }) => status === 401)).toHaveLength(10);
    for (const { status, body, headers } of guesses.filter((guess) => guess.status !== 401)) {
      expect([status, body.code]).toEqual([429, 'TOO_MANY_ATTEMPTS']);
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    }
  });
});

describe('forty-five people behind one address', () => {
  it('all get in when they type the right password at once, at two gateways', async () => {
    const emails: string[] = [];
    for (let n = 0; n < 9; n += 1) {
      const accounts = await Promise.all(times(5).map(newAccount));
      emails.push(...accounts.map(({ email }) => email));
    }
    const address = newAddress();
    const answers = await Promise.all(
      emails.map((email, n) => login(email, password, { address, url: n % 3 ? gateway.url : other.url })),
    );
    expect(statusesOf(answers)).toEqual(new Set([200]));
  });

  it('all get in when they use one account', async () => {
    const { email } = await newAccount();
    const address = newAddress();
    const answers = await Promise.all(times(45).map(() => login(email, password, { address })));
    expect(statusesOf(answers)).toEqual(new Set([200]));
  });
});

describe('strangers with many addresses', () => {
  it('have no more passwords hashed than the limit of the account when they send a thousand guesses at once', async () => {
    const { email } = await newAccount();
    jest.mocked(argon2.verify).mockClear();
    const startedAt = Date.now();
    // A machine under load resets some of the thousand connections.
    await Promise.allSettled(times(1000).map(() => login(email, wrong)));
    const turns = Math.ceil((Date.now() - startedAt) / 10_000);
    expect(jest.mocked(argon2.verify).mock.calls.length).toBeGreaterThan(0);
    expect(jest.mocked(argon2.verify).mock.calls.length).toBeLessThanOrEqual(100 + turns);
  });

  it('make devices without a cookie take turns, and devices with a cookie notice nothing', async () => {
    const { email, device } = await newAccount();
    expect(statusesOf(await guessFromManyAddresses(email, 100))).toEqual(new Set([401]));
    const [turn, refused] = [await login(email, wrong), await login(email)];
    expect(turn.status).toBe(401);
    expect([refused.status, refused.body.code]).toEqual([429, 'TOO_MANY_ATTEMPTS']);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(10);
    for (const url of [gateway.url, other.url]) {
      const answers = await Promise.all(times(20).map(() => login(email, password, { cookie: device, url })));
      expect(statusesOf(answers)).toEqual(new Set([200]));
    }
  });

  it('gain nothing by a device cookie when it is forged, of another account, or used up', async () => {
    const [{ email, device }, stranger] = [await newAccount(), await newAccount()];
    for (let n = 0; n < 10; n += 1) expect((await login(email, wrong, { cookie: device })).status).toBe(401);
    await guessFromManyAddresses(email, 100);
    const [name, value = ''] = device.split('=');
    const [accountId = '', id = '', mac = ''] = value.split('.');
    const strangersId = stranger.device.split('=')[1]?.split('.')[0] ?? '';
    const forged = [
      `${accountId}.${id}.${'A'.repeat(mac.length)}`,
      `${accountId}.${'A'.repeat(id.length)}.${mac}`,
      `${strangersId}.${id}.${mac}`,
      `${accountId}.${id}.`,
      '',
    ].map((text) => `${name}=${text}`);
    const startedAt = Date.now();
    const cookies = [...forged, stranger.device, device].flatMap((cookie) => times(5).map(() => cookie));
    const answers = await Promise.all(cookies.map((cookie) => login(email, wrong, { cookie })));
    const turns = Math.ceil((Date.now() - startedAt) / 10_000);
    expect(statusesOf(answers)).toEqual(new Set([401, 429]));
    expect(answers.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(turns);
    const fresh = deviceCookieOf(await login(stranger.email, password, { cookie: device }));
    expect((await login(stranger.email, password, { cookie: fresh })).status).toBe(200);
  });
});

describe('a device cookie', () => {
  it('is out of reach for scripts and other sites, and is made by each sign-in of the own site alone', async () => {
    const email = newEmail();
    const registered = await register(email);
    const attributes =
      /^__Host-device=[\w.-]+; Max-Age=\d+; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Strict$/;
    expect(setCookieOf(registered)).toMatch(attributes);
    expect(setCookieOf(await login(email))).toMatch(attributes);
    expect(setCookieOf(await login(email, wrong))).toBeUndefined();
    expect(setCookieOf(await login(email, password, { origin: 'https://evil.example' }))).toBeUndefined();
    expect(setCookieOf(await login(email, password, { origin: 'null' }))).toBeUndefined();
  });

  it('survives signing out, and proves no identity', async () => {
    const { token, device } = await newAccount();
    const headers = { cookie: device, origin: ownOrigin };
    for (const path of ['/auth/logout', '/auth/logout-all']) {
      const answer = await send(gateway.url, 'POST', path, { token: String(token), headers });
      expect(setCookieOf(answer)).toBeUndefined();
    }
    expect((await send(gateway.url, 'GET', '/auth/me', { headers })).status).toBe(401);
    expect((await send(gateway.url, 'POST', '/auth/refresh', { headers })).status).toBe(401);
  });
});
