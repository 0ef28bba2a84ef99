import { setTimeout as sleep } from 'node:timers/promises';
import { isStress, stressTest } from '@badger-store/test-kit';
import { newGuest, send } from '../support/customer';
import { openSharedFleet, type Fleet } from '../support/fleet';
import { startSteadyLoad } from '../support/steady-load';

const perSecond = isStress ? 500 : 50;
/** With full counts every process, three times; else one of each service. */
const rounds = isStress ? 3 : 1;
const mug = 'badger-enamel-mug';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await openSharedFleet();
  await fleet.books.setStock(mug, 1_000_000);
});

stressTest(
  'No request fails, with 503 counted as a failure, while services are restarted one after the other and keys are rotated under load',
  async () => {
    const counts = { checkouts: 0, sessions: 0, restarts: 0, rotations: 0 };
    const { sold: soldBefore } = await fleet.books.of(mug);
    const refused: string[] = [];
    const customer = await newGuest(fleet.url);
    await customer.add(mug);
    const headers = { authorization: `Bearer ${customer.token}` };
    const json = { ...headers, 'content-type': 'application/json' };
    const processes = isStress ? [...fleet.replicas, ...fleet.supervised] : fleet.replicas;
    let restarting = true;

    const load = startSteadyLoad(fleet.url, { perSecond, connections: 50 }, [
      { method: 'GET', path: '/Cart', headers },
      { method: 'PATCH', path: `/Cart/Item/${mug}`, headers: json, body: '{"quantity":3}' },
      { method: 'GET', path: '/inventory/items?category=kitchen', headers },
    ]);
    const restartAll = async () => {
      for (let round = 0; round < rounds; round += 1) {
        for (const process of processes) {
          await process.restart();
          counts.restarts += 1;
          await sleep(500);
        }
      }
      restarting = false;
    };
    const rotate = async () => {
      while (restarting) {
        await fleet.rotateKeys();
        counts.rotations += 1;
        await sleep(5500);
      }
    };
    /** Begins a session, fills a cart and pays for it, again and again. */
    const buy = async () => {
      while (restarting) {
        const buyer = await newGuest(fleet.url);
        counts.sessions += 1;
        for (let cart = 0; cart < 5 && restarting; cart += 1) {
          const added = await buyer.add(mug, 2);
          const paid = await buyer.pay('approve');
          counts.checkouts += 1;
          if (added.status !== 201) refused.push(`add ${added.status} ${added.body.code}`);
          if (paid.status !== 200) refused.push(`pay ${paid.status} ${paid.body.code}`);
          await sleep(100);
        }
      }
    };

    await Promise.all([restartAll(), rotate(), buy(), buy(), buy(), buy()]);
    const { requests, seconds, failures } = await load.stop();
    await fleet.books.whenClosed(60_000);
    const { sold, wrongCharges, heldReservations } = await fleet.books.of(mug);

    expect({ failures, refused }).toEqual({ failures: {}, refused: [] });
    expect({ sold, wrongCharges, heldReservations }).toEqual({
      sold: soldBefore + counts.checkouts * 2,
      wrongCharges: 0,
      heldReservations: 0,
    });
    const { body } = await send(fleet.url, 'GET', '/.well-known/jwks.json');
    expect((body.keys as unknown[]).length).toBeGreaterThan(1);
    return { perSecond, seconds: Math.round(seconds), requests, ...counts, failed: refused.length };
  },
  300_000,
);
