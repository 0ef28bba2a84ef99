import { appendFile, mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { isFull } from './scale';

/** In the project whose tests run: targets run in its folder. */
const file = resolve('test-output/proofs.jsonl');

/** What was really done, by what it is called: `{ commands: 400, clients: 3 }`. */
export type Counts = Readonly<Record<string, number>>;

/** A Jest test that keeps a record of what it did and how that ended, one line of JSON, for `npm run prove` to make a table of. */
export function proof(what: string, run: () => Promise<Counts>, timeoutMs = 30_000): void {
  it(
    what,
    async () => {
      let counts: Counts = {};
      let held = false;
      try {
        counts = await run();
        held = true;
      } finally {
        await mkdir(dirname(file), { recursive: true });
        await appendFile(
          file,
          `${JSON.stringify({ what, counts, held, full: isFull, at: new Date().toISOString() })}\n`,
        );
      }
    },
    timeoutMs,
  );
}
