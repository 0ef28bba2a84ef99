// Prints a line for each order that was paid or cancelled. docs/order-events.md explains what a consumer needs to do.
//   REDIS_URL=redis://127.0.0.1:6390 GROUP=shipping CONSUMER=shipping-1 node apps/checkout/examples/follow-orders.mjs
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

const stream = '{orders}:events';
const {
  REDIS_URL = 'redis://127.0.0.1:6390',
  GROUP = 'example',
  CONSUMER = 'example-1',
  // An event that another consumer read this long ago, and did not acknowledge, is taken over.
  MIN_IDLE_MS = '60000',
} = process.env;
const blockMs = 2000;
const batchSize = 100;

const redis = new Redis(REDIS_URL, {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  socketTimeout: blockMs + 3000,
});
redis.on('error', () => undefined); // Every command rejects as well.
let isStopping = false;
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => (isStopping = true));

// Delivery is at least once. A real consumer stores the id in its database, in the transaction in which it acts on the event.
const handled = new Set();
async function handle({ id, type, order }) {
  if (handled.has(id)) return;
  process.stdout.write(`${type} ${order.id} ${order.total.amount} ${order.total.currency}\n`);
  handled.add(id);
  if (handled.size > 10_000) handled.delete(handled.values().next().value);
}

async function handleAll(entries) {
  for (const [entryId, fields] of entries) {
    // An unacknowledged entry that was trimmed from the stream has no fields.
    if (fields) await handle(JSON.parse(fields[1]));
    await redis.xack(stream, GROUP, entryId);
  }
}

// From the beginning of the stream, so that no event in it is missed.
const createGroup = () =>
  redis.xgroup('CREATE', stream, GROUP, '0', 'MKSTREAM').catch((error) => {
    if (!error.message.startsWith('BUSYGROUP')) throw error;
  });

async function round() {
  const [, abandoned] = await redis.xautoclaim(stream, GROUP, CONSUMER, MIN_IDLE_MS, '0', 'COUNT', batchSize);
  await handleAll(abandoned);
  const read = await redis.xreadgroup(
    ...['GROUP', GROUP, CONSUMER, 'COUNT', batchSize, 'BLOCK', blockMs, 'STREAMS', stream, '>'],
  );
  for (const [, entries] of read ?? []) await handleAll(entries);
}

let failures = 0;
while (!isStopping) {
  try {
    await round();
    failures = 0;
  } catch (error) {
    // Redis is unavailable, or lost the stream and with it the group.
    if (error.message.startsWith('NOGROUP')) await createGroup().catch(() => undefined);
    else process.stderr.write(`${error.message}\n`);
    failures += 1;
    await sleep(Math.min(5000, 50 * 2 ** Math.min(failures, 10)) * (0.5 + Math.random() / 2));
  }
}
redis.disconnect();
