import { wideLimits, type Stack } from '@badger-store/stack';
import { freePort, isStress, scale, stressTest, until } from '@badger-store/test-kit';
import { Pool } from 'pg';
import { newGuest, send, type Customer } from '../support/customer';
import { startDyingProcess, startReplica, type Replica } from '../support/program';
import { closeSharedShop, openSharedShop } from '../support/shop';
import { openSwitchedAddress, type SwitchedAddress } from '../support/switched-address';

const races = scale(3, 200);
/** In `npm test`, two of the writes at which a process dies; all of them otherwise. */
const firstWrite = scale(4, 1);
const stride = scale(9, 1);
const maxKills = scale(2, Infinity);
const mug = 'badger-enamel-mug';
const teapot = 'sett-stoneware-teapot';
const password = 'four badgers in a sett';

/** Short, so that what a process that was killed had locked is free soon. */
const lease = { CHECKOUT_LEASE_SECONDS: '2' };

let shop: Stack;
let database: Pool;
beforeAll(async () => {
  shop = await openSharedShop();
  database = new Pool({
    connectionString: `postgres://postgres:postgres@127.0.0.1:${shop.ports.postgres}/badger_store`,
    max: 2,
  });
  database.on('error', () => undefined);
  await database.query('update inventory.items set stock = 1000000');
});
afterAll(async () => {
  await database.end();
  await closeSharedShop();
});

let last = 0;
const newEmail = () => `guest-${(last += 1)}@store.example`;
const bearer = (token: unknown) => ({ authorization: `Bearer ${String(token)}`, origin: shop.url });
const post = (path: string, body?: unknown, token?: unknown, url = shop.url) =>
  send(url, 'POST', path, body, token === undefined ? { origin: shop.url } : bearer(token));
const login = (email: string, token?: unknown) => post('/auth/login', { email, password }, token);
const fetchCart = async (token: unknown) => {
  const { body } = await send(shop.url, 'GET', '/Cart', undefined, bearer(token));
  return Object.fromEntries((body.cart ?? []).map(({ id, quantity }) => [id, quantity] as const));
};
const getOrderIds = async (token: unknown) => {
  const { body } = await send(shop.url, 'GET', '/orders?limit=100', undefined, bearer(token));
  return (body.orders ?? []).map(({ id }) => id);
};
const paidOrdersFrom = async (cartOwner: string) => {
  const query = `select id, user_id from checkout.orders where cart_id = $1 and status = 'paid'`;
  return (await database.query<{ id: string; user_id: string }>(query, [cartOwner])).rows;
};
const getUser = async (guestId: string) => {
  const query = 'select user_id from gateway.guest_migrations where guest_id = $1';
  return (await database.query<{ user_id: string }>(query, [guestId])).rows[0]?.user_id;
};

/** A second tab: adds with the guest's token until it is refused; resolves to how many adds were acknowledged. */
async function addUntilRefused(guest: Customer): Promise<number> {
  let acknowledged = 0;
  const oneAfterAnother = async () => {
    for (;;) {
      const { status, body } = await guest.add(mug);
      if (status === 201) acknowledged += 1;
      else if (status === 401 && body.code === 'INVALID_TOKEN') return;
      else throw new Error(`an add got a response ${status} ${body.code}`);
    }
  };
  await Promise.all([oneAfterAnother(), oneAfterAnother(), oneAfterAnother()]);
  return acknowledged;
}

stressTest(
  'A second tab that adds with the guest’s token while the first one registers loses no acknowledged add',
  async () => {
    let adds = 0;
    for (let race = 0; race < races; race += 1) {
      const [guest, email] = [await newGuest(shop.url), newEmail()];
      const [registered, acknowledged] = await Promise.all([
        post('/auth/register', { email, password }, guest.token),
        addUntilRefused(guest),
      ]);
      expect(registered.status).toBe(201);
      await post('/auth/logout', undefined, registered.body.userToken);
      const device = (await login(email)).body.userToken;
      await until(`all ${acknowledged} adds are in the user’s cart`, async () => {
        const { [mug]: quantity = 0 } = await fetchCart(device);
        if (quantity > acknowledged) throw new Error(`${quantity} of ${acknowledged} adds are in the cart`);
        return quantity === acknowledged;
      });
      adds += acknowledged;
    }
    return { races, adds };
  },
  30_000 * races,
);

stressTest(
  'A guest’s checkout that races with the sign-in, which is followed by sign-out and sign-in, leaves no order invisible',
  async () => {
    let paid = 0;
    for (let race = 0; race < races; race += 1) {
      const [guest, email] = [await newGuest(shop.url), newEmail()];
      await post('/auth/register', { email, password });
      await guest.add(mug, 2);
      const paying = guest.pay(race % 3 === 0 ? 'approve-slow' : 'approve');
      const waits = Math.random() * 60;
      await new Promise((resolve) => setTimeout(resolve, waits));
      const first = await login(email, guest.token);
      expect(first.body.guest).toEqual({ migrated: true });
      await post('/auth/logout', undefined, first.body.userToken);
      const response = await paying;
      const device = (await login(email)).body;
      await until('the user sees what was paid', async () => {
        const orders = await paidOrdersFrom(guest.id);
        const visible = await getOrderIds(device.userToken);
        return orders.every(({ id }) => visible.includes(id));
      });
      const orders = await paidOrdersFrom(guest.id);
      if (response.status === 200) expect(orders.map(({ id }) => id)).toEqual([response.body.order?.id]);
      paid += orders.length;
      // What was not bought is in the user's cart, and nothing is in both places.
      await until('bought or in the cart', async () => {
        const { [mug]: quantity = 0 } = await fetchCart(device.userToken);
        return quantity === (orders.length === 1 ? 0 : 2);
      });
    }
    return { races, paid };
  },
  30_000 * races,
);

describe.each(['gateway', 'checkout'] as const)('kill -9 of %s at a step of the migration', (dying) => {
  const getSettings = (service: 'gateway' | 'checkout', more: NodeJS.ProcessEnv = {}) => ({
    HOST: '127.0.0.1',
    REDIS_URL: `redis://127.0.0.1:${shop.ports.redis}`,
    DATABASE_URL: `postgres://${service}:${service}@127.0.0.1:${shop.ports.postgres}/badger_store`,
    JWKS_URL: `${shop.url}/.well-known/jwks.json`,
    GATEWAY_ADMIN_URL: shop.url,
    INVENTORY_URL: `http://127.0.0.1:${shop.ports.inventory}`,
    CHECKOUT_URL: `http://127.0.0.1:${shop.ports.checkout}`,
    FIRST_PARTY_ORIGINS: shop.url,
    ...(service === 'gateway' ? wideLimits : {}),
    ...lease,
    ...more,
  });
  /**
   * A gateway whose checkout dies, and is then replaced by the one that lives. Otherwise this gateway would take the migration again and
   * again, and double the wait each time, while only the other gateway could complete it.
   */
  let gateway: Replica | undefined;
  let checkout: SwitchedAddress | undefined;
  const signInThrough = async <Response>(checkoutUrl: string, signIn: (gatewayUrl: string) => Promise<Response>) => {
    checkout ??= await openSwitchedAddress();
    checkout.switchTo(checkoutUrl);
    gateway ??= await startReplica('gateway', await freePort(), getSettings('gateway', { CHECKOUT_URL: checkout.url }));
    const response = await signIn(gateway.url);
    checkout.switchTo(`http://127.0.0.1:${shop.ports.checkout}`);
    return response;
  };
  afterAll(async () => {
    await gateway?.stop();
    await checkout?.close();
  });

  stressTest(
    `A guest’s cart, keys and orders survive kill -9 of ${dying} at each step of the migration`,
    async () => {
      let kills = 0;
      const port = await freePort();
      for (let write = firstWrite, died = true; died && kills < maxKills; write += stride) {
        const [guest, email] = [await newGuest(shop.url), newEmail()];
        await guest.add(mug);
        expect((await guest.pay('approve')).status).toBe(200);
        const add = () => guest.send('POST', '/Cart/Item', { id: teapot, quantity: 2 }, { 'idempotency-key': 'add-1' });
        expect((await add()).status).toBe(201);
        await post('/auth/register', { email, password });

        const target = await startDyingProcess(dying, port, getSettings(dying), write);
        const signIn = (gatewayUrl: string) => {
          target.count();
          return post('/auth/login', { email, password }, guest.token, gatewayUrl).catch(() => undefined);
        };
        const response = await (dying === 'gateway' ? signIn(target.url) : signInThrough(target.url, signIn));
        // A gateway that has responded has no step left: a background job made the write at which it died.
        died = (await target.stop()) && (dying === 'checkout' || response === undefined);
        kills += died ? 1 : 0;

        // Another device signs in, without the guest, or the guest goes on as a guest.
        const isUser = (await getUser(guest.id)) !== undefined;
        const token = isUser ? (await login(email)).body.userToken : guest.token;
        await until('the cart is there', async () => (await fetchCart(token))[teapot] === 2);
        await until('the order is there', async () => (await getOrderIds(token)).length === 1);
        const again = { ...bearer(token), 'idempotency-key': 'add-1' };
        await send(shop.url, 'POST', '/Cart/Item', { id: teapot, quantity: 2 }, again);
        expect(await fetchCart(token)).toEqual({ [teapot]: 2 });
      }
      expect(kills).toBeGreaterThan(0);
      return { kills };
    },
    isStress ? 900_000 : 180_000,
  );
});
