export { connectRedis, type RedisClient } from './connect-redis';
export type { CallReport } from './redis-call';
export { RedisUnavailableError } from './redis-errors';
export { redisFindingCodes, type RedisFinding, type RedisFindingCode } from './redis-findings';
export type { HostPort, RedisSettings, TlsFiles } from './redis-settings';
export type { RedisEvent } from './redis-status';
export type { Script } from './script';
export { InOrder, type Linked } from './in-order';
