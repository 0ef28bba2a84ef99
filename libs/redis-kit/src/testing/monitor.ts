import { until } from '@badger-store/test-kit';
import { Redis } from 'ioredis';

export interface MonitoredCommand {
  /** When Redis ran it, in ms of its own clock. */
  readonly at: number;
  readonly words: readonly string[];
}

export interface Monitored {
  /** The commands that clients sent while `run` ran; what scripts do inside Redis is none. */
  during(run: () => Promise<unknown>): Promise<MonitoredCommand[]>;
  stop(): void;
}

/** Watches a Redis by `MONITOR`. */
export async function monitor(url: string): Promise<Monitored> {
  const marker = new Redis(url);
  const watcher = await marker.monitor();
  let seen: MonitoredCommand[] = [];
  watcher.on('monitor', (time: string, words: string[], source: string) => {
    if (source !== 'lua') seen.push({ at: Number(time) * 1000, words });
  });
  let marks = 0;
  /** Resolves when MONITOR has told all that came before. */
  const mark = async () => {
    const name = `mark-${++marks}`;
    const index = () => seen.findIndex(({ words }) => words[1] === name);
    await marker.echo(name);
    await until('the mark was seen', () => index() >= 0);
    return index();
  };
  return {
    async during(run) {
      await mark();
      seen = [];
      await run();
      return seen.slice(0, await mark());
    },
    stop() {
      marker.disconnect();
      watcher.disconnect();
    },
  };
}
