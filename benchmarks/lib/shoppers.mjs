// Who shops in a benchmark, and what each of them asks for.
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { connections, linesPerCart, users } from '../settings.mjs';

const json = { 'content-type': 'application/json' };

/** Guests of a real gateway, each from an address of its own: `{ id, headers }`. Their tokens are good for ten minutes. */
export async function signIn(gatewayUrl, count = users) {
  return withPool(gatewayUrl, (ask) =>
    forEach(Array.from({ length: count }), async (_none, n) => {
      const address = { 'x-forwarded-for': `10.0.${n >> 8}.${n & 255}` };
      const { body } = await ask({ method: 'POST', path: '/auth/guest', headers: { ...address, origin: gatewayUrl } });
      const { userToken, user } = JSON.parse(body);
      return { id: user.id, headers: { ...address, authorization: `Bearer ${userToken}` } };
    }),
  );
}

/** The first itemIds of the catalogue. */
export async function listItemIds(inventoryUrl) {
  const response = await fetch(`${inventoryUrl}/inventory/items?limit=${linesPerCart}`);
  const { items } = await response.json();
  return items.map(({ id }) => id);
}

export const addRequest = ({ headers }, id) => ({
  method: 'POST',
  path: '/Cart/Item',
  headers: { ...headers, ...json },
  body: JSON.stringify({ id, quantity: 1 }),
});

/** Every shopper's adds to every line: what a load takes its requests from. */
export const createAddRequests = (shoppers, itemIds) =>
  shoppers.flatMap((shopper) => itemIds.map((id) => addRequest(shopper, id)));

/** Puts each of the itemIds into every cart. Resolves to the shoppers, with the cookies that they were given. */
export async function fillCarts(url, shoppers, itemIds) {
  return withPool(url, (ask) =>
    forEach(shoppers, async (shopper) => {
      let { headers } = shopper;
      for (const id of itemIds) {
        const response = await retry(() => ask(addRequest({ headers }, id)));
        const [cookie] = [response.headers['set-cookie'] ?? []].flat();
        if (cookie) headers = { ...headers, cookie: cookie.split(';')[0] };
      }
      return { ...shopper, headers };
    }),
  );
}

/** Before anything is measured a busy machine may make a server refuse. */
async function retry(attempt, tries = 5) {
  try {
    return await attempt();
  } catch (error) {
    if (tries === 1) throw error;
    await sleep(200);
    return retry(attempt, tries - 1);
  }
}

/** Resolves to what `use` makes of a function that asks a server over so many connections and rejects what is not 2xx. */
export async function withPool(url, use) {
  const pool = new Pool(url, { connections, pipelining: 1 });
  try {
    return await use(async (request) => {
      const { statusCode: status, headers, body } = await pool.request(request);
      const text = await body.text();
      if (status < 200 || status > 299) throw new Error(`${request.method} ${request.path}: ${status} ${text}`);
      return { status, headers, body: text };
    });
  } finally {
    await pool.close();
  }
}

/** As many at a time as there are connections. */
async function forEach(values, work) {
  const results = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (next < values.length) {
        const n = next++;
        results[n] = await work(values[n], n);
      }
    }),
  );
  return results;
}
