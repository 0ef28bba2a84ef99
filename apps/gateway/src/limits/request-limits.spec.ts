import { RedisUnavailableError, type RedisClient } from '@badger-store/redis-kit';
import { assembleService, createLogger, type User, type UserRequest } from '@badger-store/service-kit';
import { serveLocally } from '@badger-store/test-kit';
import { Router, type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import request from 'supertest';
import { createRequestLimits, type RequestLimits } from './request-limits';

const cleanUps: (() => unknown)[] = [];
let redisCalls = 0;
const rejectUnavailable = () => {
  redisCalls += 1;
  return Promise.reject(new RedisUnavailableError('unavailable', false));
};
/** The minute does not end. */
beforeEach(() => void jest.spyOn(Date, 'now').mockReturnValue(29_000_000 * 60_000));
afterEach(async () => {
  jest.restoreAllMocks();
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const config = {
  RATE_LIMIT_ADDRESS_PER_MINUTE: 500,
  RATE_LIMIT_SESSION_PER_MINUTE: 2,
  RATE_LIMIT_API_KEY_PER_MINUTE: 3,
  RATE_LIMIT_AUTH_PER_MINUTE: 5,
};

/** The user stands in headers of the request, instead of a token. */
function asUser(req: Request & Partial<UserRequest>, _res: Response, next: NextFunction): void {
  const [sessionId, apiKeyId] = [req.get('x-session'), req.get('x-key')];
  if (sessionId) req.user = { sessionId, apiKeyId } as User;
  next();
}

async function serve(
  pick: (limits: RequestLimits) => RequestHandler[],
  redis: Pick<RedisClient, 'run'> = { run: rejectUnavailable },
) {
  redisCalls = 0;
  const limits = createRequestLimits(redis, config);
  const routes = Router().use(asUser, ...pick(limits), (_req, res) => void res.json({}));
  const parts = { routes, checks: {}, close: () => Promise.resolve() };
  const settings = { PORT: 0, HOST: '127.0.0.1', DRAIN_SECONDS: 1 };
  const gateway = await serveLocally(assembleService(settings, createLogger('spec', 'silent'), parts).app);
  cleanUps.push(() => gateway.close());
  return (headers: Record<string, string> = {}) => request(gateway.url).get('/').set(headers);
}

/** A list of strings with parameters: https://www.rfc-editor.org/rfc/rfc9651#section-3.1 */
function parseList(text = '') {
  return text.split(/,\s*/).map((item) => {
    const [, name, parameters = ''] =
      /^"([a-z-]+)"((?:; *[a-z]+=(?:\d+|:[A-Za-z0-9+/]+=*:))+)$/.exec(item) ??
      (() => {
        throw new Error(`no item of a structured field: ${item}`);
      })();
    return {
      name,
      ...Object.fromEntries(
        parameters
          .split(/; */)
          .slice(1)
          .map((pair) => pair.split(/=(.*)/)),
      ),
    };
  });
}

it('a response lists every limit that applied, with its policy', async () => {
  const ask = await serve(({ byAddress, bySession, byApiKey }) => [byAddress, bySession, byApiKey]);
  const res = await ask({ 'x-session': 's-1', 'x-key': 'k-1' });
  expect(res.status).toBe(200);
  expect(parseList(res.get('ratelimit'))).toEqual([
    { name: 'address', r: '499', t: '60' },
    { name: 'session', r: '1', t: '60' },
    { name: 'api-key', r: '2', t: '60' },
  ]);
  expect(parseList(res.get('ratelimit-policy'))).toMatchObject([
    { name: 'address', q: '500', w: '60' },
    { name: 'session', q: '2', w: '60' },
    { name: 'api-key', q: '3', w: '60' },
  ]);
  expect(Object.keys(res.headers).filter((name) => name.startsWith('x-ratelimit'))).toEqual([]);
});

it('a session has its own limit, and requests beyond it get 429 until the minute ends', async () => {
  const ask = await serve(({ bySession }) => [bySession]);
  for (let n = 0; n < 2; n += 1) expect((await ask({ 'x-session': 's-1' })).status).toBe(200);
  const refused = await ask({ 'x-session': 's-1' });
  expect([refused.status, refused.body.code, refused.get('retry-after')]).toEqual([429, 'TOO_MANY_REQUESTS', '60']);
  expect((await ask({ 'x-session': 's-2' })).status).toBe(200);
});

it('the sessions of an API key share one limit, and other sessions have none', async () => {
  const ask = await serve(({ byApiKey }) => [byApiKey]);
  for (let n = 0; n < 3; n += 1) expect((await ask({ 'x-session': `s-${n}`, 'x-key': 'k-1' })).status).toBe(200);
  expect((await ask({ 'x-session': 's-4', 'x-key': 'k-1' })).status).toBe(429);
  expect((await ask({ 'x-session': 's-4', 'x-key': 'k-2' })).status).toBe(200);
  for (let n = 0; n < 5; n += 1) expect((await ask({ 'x-session': 's-5' })).status).toBe(200);
});

it('a session limit before requireUser responds 500', async () => {
  const ask = await serve(({ bySession }) => [bySession]);
  expect((await ask()).status).toBe(500);
});

it('forwarded requests cause no Redis call', async () => {
  const ask = await serve(({ byAddress }) => [byAddress]);
  for (let n = 0; n < 50; n += 1) expect((await ask()).status).toBe(200);
  expect(redisCalls).toBe(0);
});

it('the auth limit includes the requests before an outage when Redis becomes unavailable', async () => {
  let counted = 0;
  let isUnavailable = false;
  const run = () => (isUnavailable ? rejectUnavailable() : Promise.resolve([(counted += 1), 60_000]));
  const redis = { run } as unknown as Pick<RedisClient, 'run'>;
  const ask = await serve(({ auth }) => [auth], redis);
  expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
  isUnavailable = true;
  const statuses: number[] = [];
  for (let n = 0; n < 5; n += 1) statuses.push((await ask()).status);
  expect(statuses).toEqual([200, 200, 200, 429, 429]);
});

it('a request gets 500 when counting fails for another reason than an outage', async () => {
  const run = () => Promise.reject(new Error('ERR wrong number of arguments'));
  const ask = await serve(({ auth }) => [auth], { run });
  expect((await ask()).status).toBe(500);
});

it('the minute of a limit begins with the first request', async () => {
  const ask = await serve(({ bySession }) => [bySession]);
  const statuses = async () => [(await ask({ 'x-session': 's-1' })).status, (await ask({ 'x-session': 's-1' })).status];
  expect([...(await statuses()), ...(await statuses())]).toEqual([200, 200, 429, 429]);
  jest.spyOn(Date, 'now').mockReturnValue(29_000_001 * 60_000);
  expect([...(await statuses()), ...(await statuses())]).toEqual([200, 200, 429, 429]);
});
