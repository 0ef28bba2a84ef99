import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgresServer, type PostgresServer } from '@badger-store/postgres-kit/testing';
import { startRedisServer, type RedisServer } from '@badger-store/redis-kit/testing';
import { databaseServices, type Stack } from '@badger-store/stack';
import { freePort } from '@badger-store/test-kit';
import { openShop } from './shop';

/** A store whose Redis and PostgreSQL a story may stop. */
export interface FaultyShop {
  readonly stack: Stack;
  readonly redis: RedisServer;
  /** The server that runs now. */
  readonly postgres: PostgresServer;
  /** Of the superuser, to the database of the services. */
  readonly databaseUrl: string;
  /** With its data, after it was stopped. */
  startPostgres(): Promise<void>;
}

/** Short, so that the sweeper completes orders soon after a fault. */
const settings = { CHECKOUT_LEASE_SECONDS: '1', PAYMENT_DEADLINE_SECONDS: '2', CHECKOUT_UNKNOWN_MAX_SECONDS: '3' };

let shared: Promise<FaultyShop & { stop(): Promise<void> }> | undefined;

/** One store for all stories of `lost-services.stores.spec.ts`. */
export const openFaultyShop = (): Promise<FaultyShop> => (shared ??= open());

export const closeFaultyShop = async (): Promise<void> => (await shared)?.stop();

async function open() {
  const folder = await mkdtemp(join(tmpdir(), 'faulty-shop-'));
  const port = await freePort();
  const startPostgres = () => startPostgresServer({ port, dataFolder: folder, detached: true });
  const redis = await startRedisServer();
  let postgres = await startPostgres();
  await postgres.createDatabase('store', databaseServices);
  const databaseUrl = new URL('/store', postgres.url).href;
  const stack = await openShop(settings, { redisUrl: redis.url, databaseUrl });
  return {
    stack,
    redis,
    databaseUrl,
    get postgres() {
      return postgres;
    },
    async startPostgres() {
      postgres = await startPostgres();
    },
    async stop() {
      await stack.stop();
      await postgres.stop();
      await redis.stop();
      await rm(folder, { recursive: true });
    },
  };
}
