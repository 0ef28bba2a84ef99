// (a)'s two commands, without its HTTP: GET, change, SET of a JSON string.
import { createClient } from 'redis';
import { withOneMore } from '../with-one-more.mjs';

export async function connect(url) {
  const redis = await createClient({ url }).connect();
  const get = async (token) => JSON.parse((await redis.get(`${token}_cart`)) ?? '[]');
  return {
    get,
    async add(token, id) {
      const cart = withOneMore(await get(token), id);
      await redis.set(`${token}_cart`, JSON.stringify(cart), { EX: 7 * 24 * 3600 });
      return cart;
    },
    close: () => redis.close(),
  };
}
