import type { Redis } from 'ioredis';
import { withoutCommand } from '../redis-errors';

/** A problem of a server's configuration, in plain words. It holds no keys, values or passwords. */
export interface RedisFinding {
  readonly code: RedisFindingCode;
  readonly message: string;
  /** No command is sent to the server: it could run in the wrong database, or fail after a part of its changes. */
  readonly isBlocking?: boolean;
}

export const redisFindingCodes = ['version', 'eviction', 'persistence', 'database', 'unreadable'] as const;
export type RedisFindingCode = (typeof redisFindingCodes)[number];

const minVersion = 7;

/** Inspects the server of an open connection, and selects the database of the settings. Rejects when the connection is lost. */
export async function inspectRedis(redis: Redis, database: number): Promise<RedisFinding[]> {
  // With sentinels, the options of the connection name no server.
  const { remoteAddress = redis.options.host, remotePort = redis.options.port } = redis.stream;
  const where = `Redis at ${remoteAddress?.includes(':') ? `[${remoteAddress}]` : remoteAddress}:${remotePort}`;
  // Where SELECT is refused, ioredis continues with database 0 and only prints it.
  const [selection, info] = await Promise.all([
    database === 0 ? undefined : refusal(redis.select(database)),
    redis.info().catch(replyError),
  ]);
  const findings: RedisFinding[] = [];
  if (selection) {
    const message = `${where} refuses database ${database} (${selection.message}). Name another one in the URL, raise "databases", or grant +select.`;
    findings.push({ code: 'database', message, isBlocking: true });
  }
  if (typeof info === 'string') findings.push(...findingsIn(info, where));
  else {
    const message = `${where} does not let its user read INFO (${info.message}). Grant +info.`;
    findings.push({ code: 'unreadable', message });
  }
  return findings;
}

/** Reads the reply to INFO; Valkey and other successors give as `redis_version` the version of Redis with which they are compatible. */
export function findingsIn(info: string, where: string): RedisFinding[] {
  const fields = new Map(info.split(/\r?\n/).map((line) => line.split(/:(.*)/s) as [string, string]));
  const findings: RedisFinding[] = [];
  const version = ['redis_version', 'valkey_version', 'redict_version'].map((name) => fields.get(name)).find(Boolean);
  const major = Number.parseInt(version ?? '', 10);
  if (!(major >= minVersion)) {
    const message = `${where} has version ${version ?? 'unknown'}. Use ${minVersion}.0 or later.`;
    findings.push({ code: 'version', message, isBlocking: major < minVersion });
  }
  const policy = fields.get('maxmemory_policy');
  if (policy !== 'noeviction') {
    const message = `${where} has maxmemory-policy ${policy ?? 'unknown'}, by which carts can be dropped when memory is short. Set it to noeviction.`;
    findings.push({ code: 'eviction', message });
  }
  if (fields.get('aof_enabled') !== '1') {
    const message = `${where} has no append-only file: a restart loses carts and sessions. Set appendonly to yes.`;
    findings.push({ code: 'persistence', message });
  }
  return findings;
}

const refusal = (reply: Promise<unknown>): Promise<Error | undefined> => reply.then(() => undefined, replyError);

/** Returns the error that the server replied with; throws any other, which says nothing about how the server is set up. */
function replyError(thrown: unknown): Error {
  const error = thrown as Error;
  if (error.name !== 'ReplyError' || /^(LOADING|MASTERDOWN|NOAUTH)\b/.test(error.message)) throw withoutCommand(error);
  return withoutCommand(error);
}

/** Reads the reply to INFO memory: the share of its `maxmemory` that a server uses, as it counts itself. 1 is full, 0 is without a limit. */
export function readMemoryUsage(info: string): number {
  const read = (field: string) => Number(new RegExp(`^${field}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
  const maxMemory = read('maxmemory');
  return maxMemory === 0 ? 0 : (read('used_memory') - read('mem_not_counted_for_evict')) / maxMemory;
}
