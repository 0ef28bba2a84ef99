import { Agent, request, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { hostOf } from '@badger-store/service-kit';
import { createCircuit, type Circuit, type CircuitOptions } from './circuit';

export interface Upstream {
  readonly circuit: Circuit;
  /** Told whether it ends its connections, as one does that is being stopped: then others are asked first for a while. */
  answered(keepsConnection: boolean): void;
  open(options: RequestOptions): ClientRequest;
}

export interface Upstreams {
  /**
   * Each of them once, beginning with another one each time, those that are leaving last; those whose circuit is open are left
   * out.
   */
  inTurn(): Generator<Upstream, undefined>;
  /** Resolves when one of them answers. */
  check(): Promise<void>;
  close(): void;
}

/**
 * A connection that was idle for longer is not used again. A service that is being stopped serves its connections for a while
 * longer than that, so that no request is sent on one that is just being closed.
 */
const idleMs = 500;
const leavingMs = 2000;

export function createUpstreams(urls: readonly string[], circuitOptions?: CircuitOptions): Upstreams {
  const agent = new Agent({ keepAlive: true, maxSockets: 512, maxFreeSockets: 64, timeout: idleMs });
  const all = urls.map((url) => {
    const parsed = new URL(url);
    const target = { agent, host: hostOf(parsed), port: parsed.port || 80 };
    return {
      circuit: createCircuit(circuitOptions),
      leavingUntil: 0,
      answered(keepsConnection: boolean) {
        this.leavingUntil = keepsConnection ? 0 : performance.now() + leavingMs;
      },
      open: (options: RequestOptions) => request({ ...target, ...options }),
    };
  });
  let turn = 0;

  return {
    *inTurn() {
      const first = turn;
      turn = (turn + 1) % all.length;
      const now = performance.now();
      const inOrder = [...all.slice(first), ...all.slice(0, first)];
      const staying = inOrder.filter(({ leavingUntil }) => leavingUntil < now);
      const leaving = inOrder.filter(({ leavingUntil }) => leavingUntil >= now);
      for (const upstream of [...staying, ...leaving]) if (upstream.circuit.mayTry()) yield upstream;
      return undefined;
    },
    check: () => Promise.any(all.map(({ open }) => answers(open({ path: '/livez' })))),
    close: () => agent.destroy(),
  };
}

function answers(probe: ClientRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => probe.destroy(new Error('late')), 1000);
    probe.once('response', (answer: IncomingMessage) => {
      answer.resume();
      resolve();
    });
    probe.once('error', reject);
    probe.once('close', () => clearTimeout(late));
    probe.end();
  });
}
