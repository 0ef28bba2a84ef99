// What a cart of 50 lines takes in Redis, with ids of 16 characters: ours, with all its keys and the order of its lines, by the JSON
// string of [{"id","quantity","data"?}] under a key of the same name. Without data, and with 100 and 1,000 bytes of data a line.
import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { createCarts } from '../../dist/libs/cart-cache/index.mjs';
import { getData } from '../lib/line-data.mjs';
import { roundRobin, ratio } from '../lib/rounds.mjs';
import { roundsOfCounts } from '../settings.mjs';

export const title = 'Memory of a cart in Redis';
const lines = 50;
const newId = () => randomBytes(8).toString('hex');

const cases = [
  { suffix: '', dataBytes: 0, target: { atMost: 0.6 } },
  { suffix: ', 100 bytes of data a line', dataBytes: 100 },
  { suffix: ', 1,000 bytes of data a line', dataBytes: 1000 },
];

export async function measure({ redis: server }) {
  const { url } = await server();
  const redis = new Redis(url);
  const cache = createCarts({ url });
  try {
    await cache.ready(5000);
    const contenders = cases.flatMap(({ suffix, dataBytes }) => [
      { name: `cart-cache${suffix}`, dataBytes },
      { name: `JSON string${suffix}`, dataBytes, isJson: true },
    ]);
    const samples = await roundRobin(
      contenders,
      ({ dataBytes, isJson }) => measureCart(cache, redis, dataBytes, isJson),
      roundsOfCounts,
    );
    const figures = cases.map(({ suffix, target }) =>
      ratio({
        what: `bytes of a cart of ${lines} lines${suffix}`,
        against: 'JSON string',
        target,
        of: samples[`cart-cache${suffix}`],
        by: samples[`JSON string${suffix}`],
        key: 'bytes',
      }),
    );
    return { samples, figures };
  } finally {
    await cache.close();
    redis.disconnect();
  }
}

async function measureCart(cache, redis, dataBytes, isJson) {
  const token = `u-${randomBytes(16).toString('base64url')}`;
  for (let n = 0; n < lines; n += 1) {
    await cache.add(token, newId(), 1 + (n % 9), dataBytes === 0 ? {} : { data: getData(dataBytes) });
  }
  if (isJson) {
    const cart = await cache.get(token);
    await cache.clear(token);
    await redis.set(`{${token}}_cart`, JSON.stringify(cart));
  }
  return { bytes: await getBytes(redis, token) };
}

async function getBytes(redis, token) {
  const keys = await redis.keys(`*${token}*`);
  const bytes = await Promise.all(keys.map((key) => redis.memory('USAGE', key, 'SAMPLES', 0)));
  return bytes.reduce((sum, each) => sum + each, 0);
}
