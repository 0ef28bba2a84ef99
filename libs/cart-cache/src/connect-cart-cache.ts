import { connectRedis, type RedisClient, type RedisEvent, type RedisSettings } from '@badger-store/redis-kit';
import type { CartCache } from './cart-cache';
import { createRedisCartCache, type RedisCartCacheOptions } from './redis-cart-cache';

export type CartCacheSettings = RedisSettings &
  Omit<RedisCartCacheOptions, 'redis'> & {
    /** Told when the connection is up or lost; a service logs it. */
    readonly onEvent?: (event: RedisEvent) => void;
  };

export type ConnectedCartCache = CartCache & Pick<RedisClient, 'ready' | 'ping' | 'close'>;

/** The cart cache with a connection to Redis of its own, which it keeps up until `close`. */
export function connectCartCache({ onEvent = () => undefined, ...settings }: CartCacheSettings): ConnectedCartCache {
  const redis = connectRedis({ connectionName: 'cart-cache', ...settings }, onEvent);
  const { ready, ping, close } = redis;
  return { ...createRedisCartCache({ ...settings, redis }), ready, ping, close };
}
