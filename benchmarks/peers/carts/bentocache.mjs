// (f) bentocache, read, changed, written. On Redis alone: carts that services share would be stale in the memory of each.
import { BentoCache, bentostore } from 'bentocache';
import { redisDriver } from 'bentocache/drivers/redis';
import { Redis } from 'ioredis';
import { withOneMore } from '../with-one-more.mjs';

export async function connect(url) {
  const connection = new Redis(url, { enableAutoPipelining: true });
  const bento = new BentoCache({
    default: 'carts',
    stores: { carts: bentostore().useL2Layer(redisDriver({ connection })) },
  });
  const get = (token) => bento.get({ key: token, defaultValue: [] });
  return {
    get,
    async add(token, id) {
      const cart = withOneMore(await get(token), id);
      await bento.set({ key: token, value: cart, ttl: '7d' });
      return cart;
    },
    close: () => bento.disconnectAll(),
  };
}
