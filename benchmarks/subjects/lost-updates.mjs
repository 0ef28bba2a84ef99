// Fifty adds at once to each of a hundred carts: how many of them are in no cart afterwards.
import { randomUUID } from 'node:crypto';
import { startPeer } from '../lib/peers.mjs';
import { figure, roundRobin } from '../lib/rounds.mjs';
import { addRequest, fillCarts, signIn, withPool } from '../lib/shoppers.mjs';
import { tryInventory } from '../lib/try-inventory.mjs';
import { roundsOfCounts } from '../settings.mjs';

export const title = 'Lost updates';
const carts = 100;
const addsAtOnce = 50;
const ours = ['inventory', 'cart-cache'];
const libraries = ['cart-cache', 'two-commands', 'bentocache', 'cache-manager'];

export async function measure({ redis, store }) {
  const { url: REDIS_URL } = await redis();
  const { startService, gatewayUrl } = await store();
  const { itemIds } = await tryInventory(startService, gatewayUrl);
  const [id] = itemIds;

  const servers = [
    { name: 'inventory', start: () => startService('inventory'), getHeaders: ({ headers }) => headers },
    {
      name: 'tutorial',
      start: () => startPeer('tutorial', { REDIS_URL }),
      getHeaders: (guest) => ({ authorization: `Bearer ${guest.id}` }),
    },
    { name: 'express-session', start: () => startPeer('express-session', { REDIS_URL }), getHeaders: () => ({}) },
  ].map(({ name, start, getHeaders }) => ({
    name,
    async lose() {
      const { url, stop } = await start();
      try {
        const guests = await signIn(gatewayUrl, carts);
        const shoppers = guests.map((guest) => ({ id: guest.id, headers: getHeaders(guest) }));
        return await lostBy(url, await fillCarts(url, shoppers, [id]), id);
      } finally {
        await stop();
      }
    },
  }));
  const caches = libraries.map((name) => ({
    name,
    async lose() {
      const { connect } = await import(`../peers/carts/${name}.mjs`);
      const cache = await connect(REDIS_URL);
      try {
        return await lostInside(cache);
      } finally {
        await cache.close();
      }
    },
  }));

  const samples = await roundRobin(
    [...servers, ...caches],
    async ({ lose }) => ({ lost: await lose() }),
    roundsOfCounts,
  );
  const figures = Object.entries(samples).map(([name, rounds]) => ({
    ...figure(`lost, of ${carts * addsAtOnce}`, rounds, 'lost', ours.includes(name) ? { atMost: 0 } : undefined),
    against: name,
  }));
  return { samples, figures };
}

/** Over HTTP, to carts that have one of the item already. */
const lostBy = (url, shoppers, id) =>
  withPool(url, async (ask) => {
    let lost = 0;
    for (const shopper of shoppers) {
      await Promise.all(Array.from({ length: addsAtOnce }, () => ask(addRequest(shopper, id))));
      const { body } = await ask({ method: 'GET', path: '/Cart', headers: shopper.headers });
      lost += 1 + addsAtOnce - JSON.parse(body).cart[0].quantity;
    }
    return lost;
  });

async function lostInside(cache) {
  let lost = 0;
  for (let n = 0; n < carts; n += 1) {
    const token = randomUUID();
    await Promise.all(Array.from({ length: addsAtOnce }, () => cache.add(token, 'mug')));
    const [line] = await cache.get(token);
    lost += addsAtOnce - line.quantity;
  }
  return lost;
}
