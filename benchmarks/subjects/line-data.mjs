// What an add costs when each line of the cart has 100 or 1,000 bytes of data, by what it costs without. The reply is the whole cart.
import { randomUUID } from 'node:crypto';
import { createCarts } from '../../dist/libs/cart-cache/index.mjs';
import { addRepeatedly } from '../lib/add-repeatedly.mjs';
import { getData } from '../lib/line-data.mjs';
import { roundRobin, ratio } from '../lib/rounds.mjs';
import { linesPerCart } from '../settings.mjs';

export const title = 'Cart cache: add with data';
/** In a round. */
const calls = 10_000;

const contenders = [
  { name: 'without data', options: {} },
  { name: '100 bytes of data a line', options: { data: getData(100) } },
  { name: '1,000 bytes of data a line', options: { data: getData(1000) } },
];

export async function measure({ redis }) {
  const { url } = await redis();
  const cache = createCarts({ url, maxQuantity: 1_000_000, deadlineMs: 5000 });
  try {
    await cache.ready(5000);
    const tokens = {};
    for (const { name, options } of contenders) {
      const token = (tokens[name] = randomUUID());
      for (let n = 0; n < linesPerCart; n += 1) await cache.add(token, `badger-item-${n}`, 1, options);
    }
    const measureAdds = ({ name, options }) =>
      addRepeatedly(calls, () => cache.add(tokens[name], 'badger-item-0', 1, options));
    for (const contender of contenders) await measureAdds(contender);
    const samples = await roundRobin(contenders, measureAdds);
    const [without, ...withData] = contenders;
    const figures = withData.map(({ name }) =>
      ratio({
        what: `time of add, ${linesPerCart} lines with ${name}`,
        against: without.name,
        of: samples[name],
        by: samples[without.name],
        key: 'seconds',
      }),
    );
    return { samples, figures };
  } finally {
    await cache.close();
  }
}
