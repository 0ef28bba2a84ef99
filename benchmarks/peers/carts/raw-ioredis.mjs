// (e) The command that cart-cache sends, seen by MONITOR once, sent by ioredis itself: no checks, no deadline, no decoding.
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { connect as connectOurs } from './cart-cache.mjs';

// The workspace's own ioredis: the one that cart-cache is on.
const { Redis } = createRequire(new URL('../../../package.json', import.meta.url))('ioredis');
const deadlineMs = 500;

export async function connect(url) {
  const redis = new Redis(url);
  const sample = { token: randomUUID(), id: randomUUID() };
  const [, sha, keyCount, ...words] = await getCommand(sample, redis, url);
  const keys = words.slice(0, Number(keyCount));
  const [, ...args] = words.slice(Number(keyCount));
  return {
    add(token, id) {
      const ofCart = keys.map((key) => key.replace(sample.token, token));
      const ofItem = args.map((arg) => (arg === sample.id ? id : arg));
      return redis.evalsha(sha, keyCount, ...ofCart, Date.now() + deadlineMs, ...ofItem);
    },
    close: () => redis.quit(),
  };
}

/** The words of the EVALSHA of one add. */
async function getCommand({ token, id }, redis, url) {
  const ours = await connectOurs(url);
  await ours.add(token, id);
  const watcher = await redis.monitor();
  const seen = new Promise((resolve) => {
    watcher.on('monitor', (_time, words, source) => {
      if (source !== 'lua' && words[0].toLowerCase() === 'evalsha' && words.includes(id)) resolve(words);
    });
  });
  await ours.add(token, id);
  const words = await seen;
  watcher.disconnect();
  await ours.close();
  return words;
}
