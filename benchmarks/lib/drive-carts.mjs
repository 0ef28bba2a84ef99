// node drive-carts.mjs MODULE REDIS_URL: fills carts and warms up, tells its parent so, and then, whenever it is told for how many
// seconds, adds to carts, so many in flight on one connection, and tells how many a second were done. Ends when it is let go.
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

// Line by line, as some would lose those that are added at once.
for (const id of ids) await Promise.all(tokens.map((token) => cache.add(token, id)));
await addsPerSecond(warmUpSeconds);
process.on('message', async (seconds) => process.send(await addsPerSecond(seconds)));
process.once('disconnect', () => cache.close());
process.send('ready');
