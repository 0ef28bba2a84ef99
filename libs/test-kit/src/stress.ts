import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** With `npm run test:stress`, which prints what the stress tests counted. */
export const isStress = process.env.STRESS === '1';
const record = resolve(__dirname, '../../../test-output/stress.jsonl');

/** How often a stress test repeats: a little in `npm test`, fully with `npm run test:stress`. */
export const scale = (small: number, full: number): number => (isStress ? full : small);

/** Set `FC_SEED` to the seed that a failure shows to repeat the run. */
export const newSeed = (): number => Number(process.env.FC_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** What a test did, such as `{ commands: 400, clients: 3 }`. */
export type Counts = Readonly<Record<string, number>>;

/** A Jest test that reports with `npm run test:stress` what it did. */
export function stressTest(what: string, run: () => Promise<Counts>, timeoutMs = 60_000): void {
  it(
    what,
    async () => {
      let counts: Counts | undefined;
      try {
        counts = await run();
      } finally {
        if (isStress) {
          mkdirSync(dirname(record), { recursive: true });
          const passed = counts !== undefined;
          appendFileSync(record, `${JSON.stringify({ what, counts: counts ?? {}, passed })}\n`);
        }
      }
    },
    timeoutMs,
  );
}

/** A Jest test that runs in `npm run test:stress` alone, beside those with which it shares its servers. */
export const stressOnly: typeof stressTest = isStress ? stressTest : () => undefined;
