import { migrate } from '@badger-store/postgres-kit';
import { until, untilReady } from '@badger-store/test-kit';
import { newGuest } from '../support/customer';
import { openFaultyShop } from '../support/faulty-shop';
import { runProgram } from '../support/program';

const services = [
  ['gateway', 'alter table sessions add column newer text'],
  ['inventory', 'alter table items add column newer text'],
  ['checkout', 'alter table orders add column newer text'],
] as const;

it('a store serves after a rollback, when a newer version migrated the schemas', async () => {
  const { stack, databaseUrl } = await openFaultyShop();
  const guest = await newGuest(stack.url);
  await guest.add('badger-enamel-mug');
  for (const [service, sql] of services) {
    await migrate({ url: databaseUrl, schema: service }, [{ name: '999-newer', sql }]);
    const said = await runProgram(service, ['migrate'], { LOG_LEVEL: 'info', DATABASE_URL: databaseUrl });
    expect(JSON.parse(said)).toMatchObject({ msg: 'migrated', applied: [] });

    const before = stack.services[service].pid();
    process.kill(before ?? 0, 'SIGTERM');
    await until(`${service} has a new process`, () => ![undefined, before].includes(stack.services[service].pid()));
  }
  for (const [service] of services) await untilReady(service, `http://127.0.0.1:${stack.ports[service]}`);
  await until('the cart is bought', async () => (await guest.pay('approve')).status === 200);
  expect((await guest.send('GET', '/orders')).body.orders).toMatchObject([{ status: 'paid' }]);
});
