import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { connectRedis } from '../index';
import { startRedisServer, startRewritingProxy, type RedisServer } from '../testing';
import { increment } from '../testing/increment';

let server: RedisServer;
let inspector: Redis;
beforeAll(async () => {
  server = await startRedisServer();
  inspector = new Redis(server.url);
});
afterAll(async () => {
  inspector.disconnect();
  await server.stop();
});

/** To a client, a clock that is moved only while it reads it is a clock that jumps back afterwards. */
function movingTimeOnce(seconds: number) {
  const moved: number[] = [];
  const rewrite = (text: string) => {
    if (moved.length > 0) return text;
    return text.replace(/^(\*2\r\n\$10\r\n)(\d{10})/, (_all, head: string, time: string) => {
      moved.push(Number(time));
      return `${head}${Number(time) + seconds}`;
    });
  };
  return { moved, rewrite };
}

describe.each([
  ['back', 3600],
  ['forward', -3600],
])('a clock of Redis that is set %s by an hour', (direction, seconds) => {
  it('fails no call, and still guards later ones, when the client had read it before', async () => {
    const { moved, rewrite } = movingTimeOnce(seconds);
    const proxy = await startRewritingProxy(server.port, rewrite);
    const client = connectRedis({ url: proxy.url, connectionName: 'spec', deadlineMs: 300 }, () => undefined);
    await client.ready(30_000);
    expect(await client.run(increment, direction)).toBe(1);
    expect(moved).toHaveLength(1);

    server.process.kill('SIGSTOP');
    await expect(client.run(increment, direction)).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
    await sleep(50);
    server.process.kill('SIGCONT');
    await inspector.ping();
    expect(await inspector.get(direction)).toBe('1');
    await client.close();
    proxy.close();
  });
});
