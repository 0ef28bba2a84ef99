// cart-cache.add, 64 in flight on one connection, against its own script sent by hand and against caches that read, change and write.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onServerCore, watchCore } from '../lib/cores.mjs';
import { roundRobin, ratio } from '../lib/rounds.mjs';
import { seconds } from '../settings.mjs';

export const title = 'Cart cache: add';

const contenders = ['cart-cache', 'raw-ioredis', 'two-commands', 'bentocache', 'cache-manager'];
const driver = fileURLToPath(new URL('../lib/drive-carts.mjs', import.meta.url));
const getModule = (name) => new URL(`../peers/carts/${name}.mjs`, import.meta.url).href;

export async function measure({ redis }) {
  const { url } = await redis();
  const running = [];
  try {
    for (const name of contenders) running.push(await startDriver(name, url));
    const samples = await roundRobin(running, ({ pid, add }) =>
      watchCore(pid, seconds, async () => ({ perSecond: await add(seconds) })),
    );
    const against = (name, target) =>
      ratio({
        what: 'adds/s, 64 in flight',
        against: name,
        target,
        of: samples['cart-cache'],
        by: samples[name],
        key: 'perSecond',
      });
    return {
      samples,
      figures: [
        against('raw-ioredis', { atLeast: 0.95 }),
        ...['two-commands', 'bentocache', 'cache-manager'].map((name) => against(name, { atLeast: 1.5 })),
      ],
    };
  } finally {
    for (const { stop } of running) await stop();
  }
}

async function startDriver(name, url) {
  const [file, ...args] = onServerCore([process.execPath, driver, getModule(name), url]);
  const child = spawn(file, args, {
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const ended = exited.then(([code]) => Promise.reject(new Error(`${name} ended with ${code}`)));
  ended.catch(() => undefined);
  const nextMessage = () => Promise.race([once(child, 'message').then(([message]) => message), ended]);
  await nextMessage();
  return {
    name,
    pid: child.pid,
    add(forSeconds) {
      child.send(forSeconds);
      return nextMessage();
    },
    async stop() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
