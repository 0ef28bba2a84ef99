import { setTimeout as sleep } from 'node:timers/promises';
import { Kysely, type TransactionBuilder } from 'kysely';
import { isRolledBack } from './postgres-errors';

const maxRuns = 3;
const maxPauseMs = 50;
/** A run may take as long as a statement. With this limit, all runs together end within five seconds. */
const repeatWithinMs = 1500;

/**
 * Repeats a statement or a transaction that PostgreSQL rolled back: for a deadlock, a serialization failure, or a read-only server. At most
 * three runs, with a random pause between them.
 */
export async function repeatRolledBack<Result>(run: () => Promise<Result>): Promise<Result> {
  const startedAt = performance.now();
  for (let runs = 1; ; runs += 1) {
    try {
      return await run();
    } catch (error) {
      const isLate = performance.now() - startedAt > repeatWithinMs;
      if (!isRolledBack(error) || runs === maxRuns || isLate) throw error;
      await sleep(Math.random() * maxPauseMs * runs);
    }
  }
}

/** Repeats transactions that PostgreSQL rolled back. */
export class RepeatingKysely<Tables> extends Kysely<Tables> {
  override transaction(): TransactionBuilder<Tables> {
    return repeating(super.transaction());
  }
}

function repeating<Tables>(builder: TransactionBuilder<Tables>): TransactionBuilder<Tables> {
  return Object.assign(Object.create(builder) as TransactionBuilder<Tables>, {
    setAccessMode: (mode) => repeating(builder.setAccessMode(mode)),
    setIsolationLevel: (level) => repeating(builder.setIsolationLevel(level)),
    execute: (work) => repeatRolledBack(() => builder.execute(work)),
  } satisfies Partial<TransactionBuilder<Tables>>);
}
