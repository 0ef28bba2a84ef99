import { Command } from 'ioredis';
import type { RedisLink } from './redis-link';
import type { HostPort } from './redis-settings';

export interface SlotRange {
  readonly from: number;
  readonly to: number;
  readonly primary: HostPort;
}

export interface Redirection {
  readonly kind: 'MOVED' | 'ASK';
  readonly slot: number;
  readonly node: HostPort;
}

/** A node that hangs must not hold up the question to the next one. */
const answerMs = 200;

export const slotCount = 16384;

export const slotOf = (key: string): number => new Command('get', [key]).getSlot();

export const nodeName = ({ host, port }: HostPort): string => `${host}:${port}`;

/**
 * Asks a node who serves what; `undefined` where it does not say. A node that does not know its own host is reached by the
 * one that it was asked at.
 */
export async function readSlots({ redis }: RedisLink): Promise<SlotRange[] | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), answerMs);
  });
  const answer = redis.cluster('SLOTS').catch(() => undefined);
  const reply = (await Promise.race([answer, tooLate])) as [number, number, [string | null, number]][] | undefined;
  clearTimeout(timer);
  return reply?.flatMap(([from, to, [host, port]]) =>
    host === '?' ? [] : [{ from, to, primary: { host: host || (redis.options.host ?? ''), port } }],
  );
}

/** Reads `MOVED 3999 127.0.0.1:6381`; without a host it means the one that said so. */
export function parseRedirection(message: string, askedHost: string): Redirection | undefined {
  const [, kind, slot, host, port] = /^(MOVED|ASK) (\d+) (.*):(\d+)/.exec(message) ?? [];
  if (kind !== 'MOVED' && kind !== 'ASK') return undefined;
  return { kind, slot: Number(slot), node: { host: host || askedHost, port: Number(port) } };
}
