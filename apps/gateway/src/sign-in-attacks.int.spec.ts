import { scale } from '@badger-store/test-kit';
import * as argon2 from '@node-rs/argon2';
import {
  ownOrigin,
  send,
  startGateway,
  type GatewayResponse,
  type GatewayUnderTest,
} from './testing/gateway-under-test';

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
/** Concurrent guesses. */
const flood = scale(130, 1000);
const times = (count: number) => Array.from({ length: count }, (_, n) => n);

interface From {
  readonly address?: string;
  readonly cookie?: string;
  readonly origin?: string;
  readonly url?: string;
}
const toHeaders = ({ address = newAddress(), cookie, origin = ownOrigin }: From) => ({
  'x-forwarded-for': address,
  origin,
  ...(cookie === undefined ? {} : { cookie }),
});
const login = (email: string, given = password, from: From = {}) =>
  send(from.url ?? gateway.url, 'POST', '/auth/login', {
    body: { email, password: given },
    headers: toHeaders(from),
    // A flood of logins is slow on a small machine.
    timeoutMs: 60_000,
  });
const register = (email: string, from: From = {}) =>
  send(gateway.url, 'POST', '/auth/register', { body: { email, password }, headers: toHeaders(from) });
const changePassword = (token: unknown, currentPassword: string, newPassword: string) =>
  send(gateway.url, 'POST', '/auth/password', { token: String(token), body: { currentPassword, newPassword } });
const newAccount = async () => {
  const email = newEmail();
  const response = await register(email);
  expect(response.status).toBe(201);
  return { email, token: response.body.userToken, device: getDeviceCookie(response) };
};
const findDeviceCookie = ({ headers }: GatewayResponse) =>
  headers.getSetCookie().find((cookie) => cookie.startsWith('__Host-device='));
const getDeviceCookie = (response: GatewayResponse) => findDeviceCookie(response)?.split(';')[0] ?? '';
const toStatuses = (responses: readonly GatewayResponse[]) => new Set(responses.map(({ status }) => status));
/** One wrong guess from each of many addresses, twenty at a time. */
const guessFromManyAddresses = async (email: string, count: number) => {
  const responses: GatewayResponse[] = [];
  while (responses.length < count) {
    const batch = times(Math.min(20, count - responses.length));
    responses.push(
      ...(await Promise.all(batch.map((n) => login(email, wrong, { url: n % 2 ? gateway.url : other.url })))),
    );
  }
  return responses;
};

describe('attacker with one address', () => {
  it('the owner signs in at another address while an attacker guesses every second', async () => {
    const { email } = await newAccount();
    const address = newAddress();
    const guesses: Promise<GatewayResponse>[] = [];
    for (let n = 0; n < 12; n += 1) guesses.push(login(email, wrong, { address }));
    await Promise.race(guesses);
    for (let second = 0; second < 37; second += 1) {
      guesses.push(login(email, wrong, { address }));
      expect((await login(email)).status).toBe(200);
    }
    expect(toStatuses(await Promise.all(guesses))).toEqual(new Set([401, 429]));
    expect((await login(email)).status).toBe(200);
  });

  it('the owner changes the password while an attacker guesses at the login', async () => {
    const { email, token } = await newAccount();
    const address = newAddress();
    await Promise.all(times(40).map(() => login(email, wrong, { address })));
    expect((await changePassword(token, password, 'another good password')).status).toBe(204);
  });

  it('the owner changes the password and signs in while an attacker guesses within a stolen session', async () => {
    const { email, token: stolen } = await newAccount();
    const { userToken } = (await login(email)).body;
    const guesses = await Promise.all(times(40).map(() => changePassword(stolen, wrong, 'another good password')));
    expect(guesses.filter(({ status }) => status === 401)).toHaveLength(10);
    expect(toStatuses(guesses)).toEqual(new Set([401, 429]));
    expect((await login(email)).status).toBe(200);
    expect((await changePassword(userToken, password, 'another good password')).status).toBe(204);
  });

  it(`${flood} guesses at once from one address run argon2 ten times`, async () => {
    const { email } = await newAccount();
    const address = newAddress();
    jest.mocked(argon2.verify).mockClear();
    const guesses = await Promise.all(times(flood).map(() => login(email, wrong, { address })));
    expect(argon2.verify).toHaveBeenCalledTimes(10);
    expect(guesses.filter(({ status }) => status === 401)).toHaveLength(10);
    for (const { status, body, headers } of guesses.filter((guess) => guess.status !== 401)) {
      expect([status, body.code]).toEqual([429, 'TOO_MANY_ATTEMPTS']);
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    }
  });
});

describe('shared address', () => {
  it('forty-five users behind one address all sign in at once at two gateways', async () => {
    const emails: string[] = [];
    for (let n = 0; n < 9; n += 1) {
      const accounts = await Promise.all(times(5).map(newAccount));
      emails.push(...accounts.map(({ email }) => email));
    }
    const address = newAddress();
    const responses = await Promise.all(
      emails.map((email, n) => login(email, password, { address, url: n % 3 ? gateway.url : other.url })),
    );
    expect(toStatuses(responses)).toEqual(new Set([200]));
  });

  it('forty-five concurrent logins to one account from one address all succeed', async () => {
    const { email } = await newAccount();
    const address = newAddress();
    const responses = await Promise.all(times(45).map(() => login(email, password, { address })));
    expect(toStatuses(responses)).toEqual(new Set([200]));
  });
});

describe('attackers with many addresses', () => {
  it(`${flood} guesses at once from as many addresses run argon2 a hundred times, and once more in 10 s`, async () => {
    const { email } = await newAccount();
    jest.mocked(argon2.verify).mockClear();
    const startedAt = Date.now();
    // A machine under load resets some of the connections.
    await Promise.allSettled(times(flood).map(() => login(email, wrong)));
    const turns = Math.ceil((Date.now() - startedAt) / 10_000);
    expect(jest.mocked(argon2.verify).mock.calls.length).toBeGreaterThan(0);
    expect(jest.mocked(argon2.verify).mock.calls.length).toBeLessThanOrEqual(100 + turns);
  });

  it('known devices sign in, and others wait, when an account reached its limit', async () => {
    const { email, device } = await newAccount();
    expect(toStatuses(await guessFromManyAddresses(email, 100))).toEqual(new Set([401]));
    const [turn, refused] = [await login(email, wrong), await login(email)];
    expect(turn.status).toBe(401);
    expect([refused.status, refused.body.code]).toEqual([429, 'TOO_MANY_ATTEMPTS']);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(10);
    for (const url of [gateway.url, other.url]) {
      const responses = await Promise.all(times(20).map(() => login(email, password, { cookie: device, url })));
      expect(toStatuses(responses)).toEqual(new Set([200]));
    }
  });

  it('a device cookie that is forged, of another account, or exhausted counts as no cookie', async () => {
    const [{ email, device }, attacker] = [await newAccount(), await newAccount()];
    for (let n = 0; n < 10; n += 1) expect((await login(email, wrong, { cookie: device })).status).toBe(401);
    await guessFromManyAddresses(email, 100);
    const [name, value = ''] = device.split('=');
    const [accountId = '', id = '', mac = ''] = value.split('.');
    const attackersId = attacker.device.split('=')[1]?.split('.')[0] ?? '';
    const forged = [
      `${accountId}.${id}.${'A'.repeat(mac.length)}`,
      `${accountId}.${'A'.repeat(id.length)}.${mac}`,
      `${attackersId}.${id}.${mac}`,
      `${accountId}.${id}.`,
      '',
    ].map((text) => `${name}=${text}`);
    const startedAt = Date.now();
    const cookies = [...forged, attacker.device, device].flatMap((cookie) => times(5).map(() => cookie));
    const responses = await Promise.all(cookies.map((cookie) => login(email, wrong, { cookie })));
    const turns = Math.ceil((Date.now() - startedAt) / 10_000);
    expect(toStatuses(responses)).toEqual(new Set([401, 429]));
    expect(responses.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(turns);
    const fresh = getDeviceCookie(await login(attacker.email, password, { cookie: device }));
    expect((await login(attacker.email, password, { cookie: fresh })).status).toBe(200);
  });
});

describe('device cookie', () => {
  it('the device cookie is HttpOnly and SameSite, and is set by first-party sign-ins only', async () => {
    const email = newEmail();
    const registered = await register(email);
    const attributes =
      /^__Host-device=[\w.-]+; Max-Age=\d+; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Strict$/;
    expect(findDeviceCookie(registered)).toMatch(attributes);
    expect(findDeviceCookie(await login(email))).toMatch(attributes);
    expect(findDeviceCookie(await login(email, wrong))).toBeUndefined();
    expect(findDeviceCookie(await login(email, password, { origin: 'https://evil.example' }))).toBeUndefined();
    expect(findDeviceCookie(await login(email, password, { origin: 'null' }))).toBeUndefined();
  });

  it('the device cookie survives logout and proves no identity', async () => {
    const { token, device } = await newAccount();
    const headers = { cookie: device, origin: ownOrigin };
    for (const path of ['/auth/logout', '/auth/logout-all']) {
      const response = await send(gateway.url, 'POST', path, { token: String(token), headers });
      expect(findDeviceCookie(response)).toBeUndefined();
    }
    expect((await send(gateway.url, 'GET', '/auth/me', { headers })).status).toBe(401);
    expect((await send(gateway.url, 'POST', '/auth/refresh', { headers })).status).toBe(401);
  });
});
