import type { Redis } from 'ioredis';
import type { CartLine } from '../index';

const refusal = 'refused';

export interface Ledger {
  /** Decides about a checkout once: a second call gets the decision of the first. */
  decide(checkoutId: string, lines: readonly CartLine[], wanted: 'done' | 'refused'): Promise<'done' | 'refused'>;
  /** Every snapshot with which a checkout was processed, also those of rejected checkouts. */
  snapshots(): Promise<Map<string, Set<string>>>;
  ordered(): Promise<CartLine[][]>;
}

/** The durable record of orders, in a second Redis without faults. */
export function createLedger(redis: Redis): Ledger {
  return {
    async decide(checkoutId, lines, wanted) {
      const snapshot = JSON.stringify(lines);
      await redis.rpush('attempts', JSON.stringify([checkoutId, snapshot]));
      await redis.hsetnx('decisions', checkoutId, wanted === 'refused' ? refusal : snapshot);
      return (await redis.hget('decisions', checkoutId)) === refusal ? 'refused' : 'done';
    },
    async snapshots() {
      const snapshots = new Map<string, Set<string>>();
      for (const attempt of await redis.lrange('attempts', 0, -1)) {
        const [checkoutId, snapshot] = JSON.parse(attempt) as [string, string];
        snapshots.set(checkoutId, (snapshots.get(checkoutId) ?? new Set()).add(snapshot));
      }
      return snapshots;
    },
    async ordered() {
      const decisions = Object.values(await redis.hgetall('decisions'));
      return decisions.filter((it) => it !== refusal).map((it) => JSON.parse(it) as CartLine[]);
    },
  };
}
