import { retryDelayMs } from './redis-options';

const calmMs = 5000;
/** So that many who ask at once are served by one reading. */
const soonMs = 20;

/**
 * Reads something anew every few seconds, several times a second while `read` says that it is not in order, and soon after
 * `freshen()`; never twice at a time.
 */
export function keepFresh(read: () => Promise<boolean>): { freshen(): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  let reading = false;
  let again = false;
  let stopped = false;
  let attempts = 0;

  const readIn = (delayMs: number) => {
    clearTimeout(timer);
    timer = stopped ? undefined : setTimeout(() => void readNow(), delayMs).unref();
  };
  const readNow = async () => {
    reading = true;
    again = false;
    const inOrder = await read();
    reading = false;
    attempts = inOrder ? 0 : attempts + 1;
    readIn(again ? soonMs : inOrder ? calmMs * (0.5 + Math.random() / 2) : retryDelayMs(attempts));
  };
  return {
    freshen() {
      if (reading) again = true;
      else readIn(soonMs);
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
