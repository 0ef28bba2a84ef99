// Follows the store's orders: prints a line for each that was paid or cancelled. docs/order-events.md tells what it relies on.
//   REDIS_URL=redis://127.0.0.1:6390 GROUP=shipping CONSUMER=shipping-1 node apps/checkout/examples/follow-orders.mjs
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

const stream = '{orders}:events';
const {
  REDIS_URL = 'redis://127.0.0.1:6390',
  GROUP = 'example',
  CONSUMER = 'example-1',
  // What another consumer read so long ago, and did not acknowledge, is taken over from it.
  MIN_IDLE_MS = '60000',
} = process.env;
const blockMs = 2000;
const mostAtOnce = 100;

const redis = new Redis(REDIS_URL, {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  socketTimeout: blockMs + 3000,
});
redis.on('error', () => undefined); // Every command fails as well, and says so.
let isStopping = false;
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => (isStopping = true));

// Events come at least once. A real consumer notes the id in its database, in the transaction in which it acts on the event.
const handled = new Set();
async function handle({ id, type, order }) {
  if (handled.has(id)) return;
  process.stdout.write(`${type} ${order.id} ${order.total.amount} ${order.total.currency}\n`);
  handled.add(id);
  if (handled.size > 10_000) handled.delete(handled.values().next().value);
}

async function handleAll(entries) {
  for (const [entryId, fields] of entries) {
    // An entry that was dropped from the stream while it was not acknowledged has no fields any more.
    if (fields) await handle(JSON.parse(fields[1]));
    await redis.xack(stream, GROUP, entryId);
  }
}

// From the stream's beginning, so that nothing is missed that is still there.
const createGroup = () =>
  redis.xgroup('CREATE', stream, GROUP, '0', 'MKSTREAM').catch((error) => {
    if (!error.message.startsWith('BUSYGROUP')) throw error;
  });

async function round() {
  const [, left] = await redis.xautoclaim(stream, GROUP, CONSUMER, MIN_IDLE_MS, '0', 'COUNT', mostAtOnce);
  await handleAll(left);
  const read = await redis.xreadgroup(
    ...['GROUP', GROUP, CONSUMER, 'COUNT', mostAtOnce, 'BLOCK', blockMs, 'STREAMS', stream, '>'],
  );
  for (const [, entries] of read ?? []) await handleAll(entries);
}

let failures = 0;
while (!isStopping) {
  try {
    await round();
    failures = 0;
  } catch (error) {
    // Redis is away, or came back without the stream. The group is made anew, with a pause that grows to 5 s.
    if (error.message.startsWith('NOGROUP')) await createGroup().catch(() => undefined);
    else process.stderr.write(`${error.message}\n`);
    failures += 1;
    await sleep(Math.min(5000, 50 * 2 ** Math.min(failures, 10)) * (0.5 + Math.random() / 2));
  }
}
redis.disconnect();
