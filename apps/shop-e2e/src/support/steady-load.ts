import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

export interface LoadRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  /** How often what came instead of a 2xx: `PATCH 503 {"code":…`, `GET ECONNRESET`. */
  readonly failures: Readonly<Record<string, number>>;
}

const tickMs = 10;
const deadlineMs = 10_000;

/** Sends the requests in turn over kept connections until `stop`, at a rate that does not depend on how long responses take. */
export function startSteadyLoad(
  url: string,
  { perSecond, connections }: { readonly perSecond: number; readonly connections: number },
  requests: readonly LoadRequest[],
): { stop(): Promise<LoadResult> } {
  // The connection that was idle for longest is used next, so that none stays idle while a server drains.
  const agent = new Agent({ keepAlive: true, maxSockets: connections, scheduling: 'fifo' });
  const inFlight = new Set<Promise<void>>();
  const failures: Record<string, number> = {};
  const startedAt = performance.now();
  const elapsedSeconds = () => (performance.now() - startedAt) / 1000;
  let sent = 0;
  let running = true;

  const sendNext = () => {
    const next = requests[sent++ % requests.length];
    if (!next) throw new Error('There is nothing to send');
    const done: Promise<void> = getResponse(agent, url, next)
      .catch((error: NodeJS.ErrnoException) => error.code ?? error.message)
      .then((problem) => {
        inFlight.delete(done);
        if (problem === undefined) return;
        const what = `${next.method} ${problem}`;
        failures[what] = (failures[what] ?? 0) + 1;
      });
    inFlight.add(done);
  };
  const sending = (async () => {
    while (running) {
      while (sent < elapsedSeconds() * perSecond) sendNext();
      await sleep(tickMs);
    }
  })();

  return {
    async stop() {
      running = false;
      await sending;
      const seconds = elapsedSeconds();
      await Promise.all(inFlight);
      agent.destroy();
      return { requests: sent, seconds, failures };
    },
  };
}

/** Resolves to nothing when the response is as it should be. */
async function getResponse(agent: Agent, url: string, { method, path, headers, body }: LoadRequest) {
  const signal = AbortSignal.timeout(deadlineMs);
  return new Promise<string | undefined>((resolve, reject) => {
    const req = request(new URL(path, url), { agent, method, headers, signal }, (res) => {
      const isFine = res.statusCode !== undefined && res.statusCode < 300;
      text(res).then((got) => resolve(isFine ? undefined : `${res.statusCode} ${got.slice(0, 200)}`), reject);
    });
    req.once('error', reject);
    req.end(body);
  });
}
