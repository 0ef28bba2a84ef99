import { signServiceToken, serviceSecrets } from '@badger-store/service-kit';
import { until } from '@badger-store/test-kit';
import { Client } from 'pg';
import { send, startGateway, type GatewayUnderTest } from './testing/gateway-under-test';

jest.mock('@node-rs/argon2', () => jest.requireActual('./testing/cheap-argon2'));

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const readRevocations = () => {
  const secrets = serviceSecrets.parse(gateway.env.SERVICE_TOKEN_SECRET_FILE);
  return send(gateway.url, 'GET', '/internal/revocations', {
    token: signServiceToken(secrets, 'checkout', 'gateway'),
  });
};
const newGuest = async () => (await send(gateway.url, 'POST', '/auth/guest')).body.userToken;

it('a gateway refuses at once what it revoked, and another gateway within a second', async () => {
  const other = await gateway.replica();
  const token = await newGuest();
  expect((await send(gateway.url, 'POST', '/auth/logout', { token })).status).toBe(204);
  expect((await send(gateway.url, 'GET', '/auth/me', { token })).status).toBe(401);
  await until('the other refuses', async () => (await send(other.url, 'GET', '/auth/me', { token })).status === 401);
  await other.stop();
});

it('revocations are read when other requests hold all connections to PostgreSQL', async () => {
  const blocker = new Client({ connectionString: gateway.database.superuserUrl });
  await blocker.connect();
  await blocker.query('begin; lock table gateway.users');
  const signIn = (n: number) =>
    send(gateway.url, 'POST', '/auth/login', {
      body: { email: `u${n}@store.example`, password: 'four badgers in a sett' },
    });
  const signIns = Promise.all(Array.from({ length: 30 }, (_, n) => signIn(n)));
  try {
    await until('sign-ins wait for PostgreSQL', async () => {
      await blocker.query('select pg_stat_clear_snapshot()');
      const { rows } = await blocker.query<{ waiting: string }>(
        "select count(*) as waiting from pg_stat_activity where application_name = 'gateway' and wait_event_type = 'Lock'",
      );
      return Number(rows[0]?.waiting) === 10;
    });
    expect((await readRevocations()).status).toBe(200);
  } finally {
    await blocker.end();
  }
  await signIns;
});
