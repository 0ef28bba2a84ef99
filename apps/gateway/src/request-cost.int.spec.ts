import { monitor, trafficDuring } from '@badger-store/redis-kit/testing';
import { askOverOneConnection } from '@badger-store/test-kit';
import { send, startGateway, type GatewayUnderTest } from './testing/gateway-under-test';

const requests = 200;
let gateway: GatewayUnderTest;
let headers: Record<string, string>;

beforeAll(async () => {
  gateway = await startGateway({
    RATE_LIMIT_ADDRESS_PER_MINUTE: '1000000',
    RATE_LIMIT_SESSION_PER_MINUTE: '1000000',
  });
  const { body } = await send(gateway.url, 'POST', '/auth/guest', { body: {} });
  headers = { authorization: `Bearer ${body.userToken}`, 'content-type': 'application/json' };
});
afterAll(() => gateway.stop());

const add = (times: number) =>
  askOverOneConnection(
    `${gateway.url}/Cart/Item`,
    { method: 'POST', headers, body: JSON.stringify({ id: 'badger-enamel-mug', quantity: 1 }) },
    times,
  );

const statements = async () => {
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  const counts = [...metrics.matchAll(/^postgres_query_duration_seconds_count\{.*\} (\d+)$/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
};

it('a forwarded request costs one request to the service, and no query to Redis or PostgreSQL', async () => {
  await add(1);
  gateway.upstream.received.length = 0;
  const statementsBefore = await statements();
  const monitored = await monitor(gateway.redis.url);
  const commands = await monitored.during(() => add(requests));
  monitored.stop();
  expect(gateway.upstream.received).toHaveLength(requests);
  // Background jobs (polls for revocations and memory, the sweeper, pings) run meanwhile, the more the longer it takes.
  expect(commands.length).toBeLessThan(requests);
  expect((await statements()) - statementsBefore).toBeLessThan(requests);
});

it('a forwarded request keeps its budget of response bytes and Redis bytes', async () => {
  let responseBytes = 0;
  const { received, sent } = await trafficDuring(gateway.redis.url, async () => {
    responseBytes = (await add(requests)).bytesReceived;
  });
  expect(responseBytes / requests).toBeLessThan(510);
  expect((received + sent) / requests).toBeLessThan(60);
});
