import { repeat } from '@badger-store/service-kit';

const failedMs = 5000;

/** A task that a service does over and over beside its requests. Resolves to the ms until its next run. */
export interface Chore {
  readonly name: string;
  run(): Promise<number>;
}

/** Does chores until it is closed; one that fails is reported, and done again after 5 s. */
export function startChores(chores: readonly Chore[], report: (error: unknown, name: string) => void) {
  const loops = chores.map(({ name, run }) =>
    repeat(async () => {
      try {
        return await run();
      } catch (error) {
        report(error, name);
        return failedMs;
      }
    }),
  );
  for (const loop of loops) loop.runNow();
  return {
    /** Resolves when those under way have ended. */
    async close(): Promise<void> {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}
