// What an add costs on a cart of 100 lines by what it costs on one of 1 line: with the minimal reply, and with the whole cart.
import { randomUUID } from 'node:crypto';
import { createCarts } from '../../dist/libs/cart-cache/index.mjs';
import { addRepeatedly } from '../lib/add-repeatedly.mjs';
import { roundRobin, ratio } from '../lib/rounds.mjs';

export const title = 'Cart cache: a long cart against a short one';
/** In a round. */
const calls = 20_000;

export async function measure({ redis }) {
  const { url } = await redis();
  const cache = createCarts({ url, maxQuantity: 1_000_000, deadlineMs: 5000 });
  try {
    await cache.ready(5000);
    const carts = { 100: await fetchCart(cache, 100), 1: await fetchCart(cache, 1) };
    const contenders = ['addQuantity', 'add'].flatMap((call) =>
      Object.entries(carts).map(([lines, token]) => ({ name: getName(call, lines), call, token })),
    );
    for (const { call, token } of contenders) await measureCall(cache, call, token);
    const samples = await roundRobin(contenders, ({ call, token }) => measureCall(cache, call, token));
    const getCost = (call, target) =>
      ratio({
        what: `time of ${call}, 100 lines`,
        against: '1 line',
        target,
        of: samples[getName(call, 100)],
        by: samples[getName(call, 1)],
        key: 'seconds',
      });
    return { samples, figures: [getCost('addQuantity', { atMost: 1.1 }), getCost('add')] };
  } finally {
    await cache.close();
  }
}

const getName = (call, lines) => `${call}, ${lines} ${lines === '1' || lines === 1 ? 'line' : 'lines'}`;

async function fetchCart(cache, lines) {
  const token = randomUUID();
  for (let i = 0; i < lines; i += 1) await cache.add(token, `item-${i}`);
  return token;
}

const measureCall = (cache, call, token) => addRepeatedly(calls, () => cache[call](token, 'item-0'));
