// What a cart of 50 lines takes in Redis, with ids of 16 characters: ours, with all its keys and the order of its lines, by the JSON
// string of [{"id","quantity"}] under a key of the same name.
import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { createCarts } from '../../dist/libs/cart-cache/index.mjs';
import { roundRobin, ratio } from '../lib/rounds.mjs';
import { roundsOfCounts } from '../settings.mjs';

export const title = 'Memory of a cart in Redis';
const lines = 50;
const newId = () => randomBytes(8).toString('hex');

export async function measure({ redis: server }) {
  const { url } = await server();
  const redis = new Redis(url);
  const cache = createCarts({ url });
  try {
    await cache.ready(5000);
    const samples = await roundRobin(
      [{ name: 'cart-cache' }, { name: 'JSON string' }],
      async ({ name }) => {
        const token = `u-${randomBytes(16).toString('base64url')}`;
        for (let n = 0; n < lines; n += 1) await cache.add(token, newId(), 1 + (n % 9));
        if (name === 'JSON string') {
          const cart = await cache.get(token);
          await cache.clear(token);
          await redis.set(`{${token}}_cart`, JSON.stringify(cart));
        }
        return { bytes: await bytesOf(redis, token) };
      },
      roundsOfCounts,
    );
    const figure = ratio({
      what: `bytes of a cart of ${lines} lines`,
      against: 'JSON string',
      target: { atMost: 0.6 },
      of: samples['cart-cache'],
      by: samples['JSON string'],
      key: 'bytes',
    });
    return { samples, figures: [figure] };
  } finally {
    await cache.close();
    redis.disconnect();
  }
}

async function bytesOf(redis, token) {
  const keys = await redis.keys(`*${token}*`);
  const bytes = await Promise.all(keys.map((key) => redis.memory('USAGE', key, 'SAMPLES', 0)));
  return bytes.reduce((sum, each) => sum + each, 0);
}
