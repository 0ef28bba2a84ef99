// (f) cache-manager on Keyv's Redis store, read, changed, written.
import { createKeyv } from '@keyv/redis';
import { createCache } from 'cache-manager';
import { withOneMore } from '../with-one-more.mjs';

export async function connect(url) {
  const cache = createCache({ stores: [createKeyv(url)], ttl: 7 * 24 * 3600 * 1000 });
  const get = async (token) => (await cache.get(token)) ?? [];
  return {
    get,
    async add(token, id) {
      const cart = withOneMore(await get(token), id);
      await cache.set(token, cart);
      return cart;
    },
    close: () => cache.disconnect(),
  };
}
