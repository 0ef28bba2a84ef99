import { send, startGateway, type GatewayUnderTest } from './testing/gateway-under-test';

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

it('/readyz names a service that is down', async () => {
  const replica = await gateway.replica({ INVENTORY_URL: 'http://127.0.0.1:1' });
  const { status, body } = await send(replica.url, 'GET', '/readyz');
  await replica.stop();
  expect([status, body.dependencies]).toEqual([
    200,
    { redis: 'up', postgres: 'up', revocations: 'up', inventory: 'down', checkout: 'up' },
  ]);
});
