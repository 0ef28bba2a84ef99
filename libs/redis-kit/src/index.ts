export { connectRedis, type RedisClient, type RedisEvent, type RedisSettings } from './connect-redis';
export { RedisUnavailableError } from './redis-errors';
export type { Script } from './script';
