import { addRequest, fillCarts, listItemIds, signIn, withPool } from './shoppers.mjs';

/** Those that Node and Express write by themselves. */
const written = ['connection', 'content-length', 'content-type', 'date', 'keep-alive'];

/**
 * Runs inventory for a moment. Resolves to the ids of itemIds that it has, and to its response when a line of a cart that has all of
 * them grows: `{ status, headers, body }`, the body as an object.
 */
export async function tryInventory(startService, gatewayUrl) {
  const { url, stop } = await startService('inventory');
  try {
    const itemIds = await listItemIds(url);
    const [guest] = await signIn(gatewayUrl, 1);
    await fillCarts(url, [guest], itemIds);
    const { status, headers, body } = await withPool(url, (ask) => ask(addRequest(guest, itemIds[0])));
    const own = Object.entries(headers).filter(([name]) => !written.includes(name));
    return { itemIds, response: { status, headers: Object.fromEntries(own), body: JSON.parse(body) } };
  } finally {
    await stop();
  }
}
