export { connectRedis, type RedisClient, type SendCommandOptions } from './connect-redis';
export type { CallReport } from './commands/calls';
export type { Script } from './commands/script';
export { redisFindingCodes, type RedisFinding, type RedisFindingCode } from './connection/inspect-redis';
export { LinkedList, type Linked } from './performance';
export { RedisUnavailableError } from './redis-errors';
export type { HostPort, RedisSettings, TlsFiles } from './redis-settings';
export type { RedisEvent } from './redis-status';
export { withTimeout } from './with-timeout';
