import { setTimeout as sleep } from 'node:timers/promises';
import { connectRedis, type RedisClient } from '@badger-store/redis-kit';
import { startRedisServer, type RedisServer } from '@badger-store/redis-kit/testing';
import { newSessionId, type Sessions } from '../domain/session';
import { createRedisSessions } from './redis-sessions';

let server: RedisServer;
let redis: RedisClient;
beforeAll(async () => {
  server = await startRedisServer();
  redis = connectRedis({ url: server.url }, () => undefined);
  await redis.ready(5000);
});
afterAll(async () => {
  await redis.close();
  await server.stop();
});

const lifeMs = 60_000;
async function begun(sessions: Sessions): Promise<string> {
  const id = newSessionId();
  const session = { id, userId: 'u-1', kind: 'user' as const, scopes: ['cart'], startedAt: 1, ttlMs: lifeMs };
  await sessions.begin(session, 'one');
  return id;
}

describe('a token that was replaced', () => {
  it('gives its successor for a moment, and after it ends the session', async () => {
    const sessions = createRedisSessions({ redis, graceMs: 100 });
    const id = await begun(sessions);
    const successor = { outcome: 'rotated', currentHash: 'two' };
    expect(await sessions.rotate(id, 'one', 'two', lifeMs)).toEqual(successor);
    expect(await sessions.rotate(id, 'one', 'another', lifeMs)).toEqual(successor);
    await sleep(150);
    expect(await sessions.rotate(id, 'one', 'two', lifeMs)).toEqual({ outcome: 'reused' });
    expect(await sessions.find(id)).toBeUndefined();
    expect(await sessions.rotate(id, 'two', 'three', lifeMs)).toEqual({ outcome: 'unknown' });
  });

  it('ends the session at once when its successor has been used', async () => {
    const sessions = createRedisSessions({ redis });
    const id = await begun(sessions);
    await sessions.rotate(id, 'one', 'two', lifeMs);
    await sessions.rotate(id, 'two', 'three', lifeMs);
    expect(await sessions.rotate(id, 'one', 'two', lifeMs)).toEqual({ outcome: 'reused' });
    expect(await sessions.rotate(id, 'three', 'four', lifeMs)).toEqual({ outcome: 'unknown' });
  });
});

it('a session lives on with each renewal, and no longer than its life without one', async () => {
  const sessions = createRedisSessions({ redis });
  const id = await begun(sessions);
  await sessions.rotate(id, 'one', 'two', 50);
  await sleep(100);
  expect(await sessions.find(id)).toBeUndefined();
});
