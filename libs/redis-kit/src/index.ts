export {
  toCommandSender,
  type CommandSender,
  type ForeignClient,
  type SendCommandOptions,
} from './clients/command-sender';
export { createScriptRunner, type ScriptRunnerOptions } from './clients/script-runner';
export { connectRedis } from './connect-redis';
export type { RedisClient } from './create-client';
export type { CallReport } from './commands/calls';
export type { Script } from './commands/script';
export { redisFindingCodes, type RedisFinding, type RedisFindingCode } from './connection/inspect-redis';
export { brand, BrandedError } from './branded-error';
export { LinkedList, type Linked } from './performance';
export { InvalidOptionError, RedisUnavailableError } from './redis-errors';
export { assertDeadlineMs, type HostPort, type RedisSettings, type TlsFiles } from './redis-settings';
export type { RedisEvent } from './redis-status';
export { withTimeout } from './with-timeout';
