// The subject itself, as the package is published.
import { createCarts } from '../../../dist/libs/cart-cache/index.mjs';

export async function connect(url) {
  const cache = createCarts({ url, maxQuantity: 1_000_000 });
  await cache.ready(5000);
  return { add: (token, id) => cache.add(token, id), get: (token) => cache.get(token), close: () => cache.close() };
}
