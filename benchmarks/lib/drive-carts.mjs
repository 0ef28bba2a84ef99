// node drive-carts.mjs MODULE REDIS_URL: fills carts, warms up, and sends 'ready' to its parent. For each number of seconds that the
// parent sends, it adds to carts on one connection for that time, and sends the adds per second. It ends when the parent disconnects.
import { linesPerCart, users, warmUpSeconds } from '../settings.mjs';

const [module, url] = process.argv.slice(2);
const inFlight = 64;
const { connect } = await import(module);
const cache = await connect(url);
const tokens = Array.from({ length: users }, (_none, n) => `u-${process.pid}-${n}`);
const ids = Array.from({ length: linesPerCart }, (_none, n) => `badger-item-${n}`);
const pick = (values) => values[Math.floor(Math.random() * values.length)];

async function addsPerSecond(seconds) {
  const startedAt = performance.now();
  const end = startedAt + seconds * 1000;
  let done = 0;
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (performance.now() < end) {
        await cache.add(pick(tokens), pick(ids));
        done += 1;
      }
    }),
  );
  return done / ((performance.now() - startedAt) / 1000);
}

// One line at a time, because some of the compared caches lose concurrent adds.
for (const id of ids) await Promise.all(tokens.map((token) => cache.add(token, id)));
await addsPerSecond(warmUpSeconds);
process.on('message', async (seconds) => process.send(await addsPerSecond(seconds)));
process.once('disconnect', () => cache.close());
process.send('ready');
