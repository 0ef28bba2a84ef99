import type { RequestLog } from './request-log';
import { findRoute } from './routes';

interface TransportParts {
  readonly log: RequestLog;
  readonly fetch: typeof fetch;
  readonly sleep: (ms: number) => Promise<void>;
}

export type Transport = (request: Request) => Promise<Response>;

/** No response came, though the request may have been carried out. */
export class NoResponseError extends Error {
  override readonly name = 'NoResponseError';
}

const pausesMs = [300, 1000];
const statusesOfGateways = new Set([502, 504]);

/**
 * Sends a request, and sends it again when its response is lost and repeating it is safe: it reads, or it has an Idempotency-Key, or it
 * says what a line is to be.
 */
export function createTransport({ log, fetch, sleep }: TransportParts): Transport {
  return async (request) => {
    const pauses = isRepeatable(request) ? pausesMs : [];
    for (let attempt = 1; ; attempt += 1) {
      const pauseMs = pauses[attempt - 1];
      try {
        const response = await send(request.clone(), attempt);
        if (pauseMs === undefined || !statusesOfGateways.has(response.status)) return response;
      } catch (error) {
        if (pauseMs === undefined || request.signal.aborted) throw error;
      }
      await sleep(pauseMs);
    }
  };

  async function send(request: Request, attempt: number): Promise<Response> {
    const { method } = request;
    const { pathname, search } = new URL(request.url);
    const number = log.begin({
      method,
      path: pathname + search,
      ...findRoute(method, pathname),
      attempt,
      idempotencyKey: request.headers.get('Idempotency-Key') ?? undefined,
    });
    const startedAt = performance.now();
    const milliseconds = () => Math.round(performance.now() - startedAt);
    const loses = isCartChange(request) && log.read().losesNextResponse;
    if (loses) log.loseNextResponse(false);
    try {
      const response = await fetch(request);
      const requestId = response.headers.get('X-Request-Id') ?? undefined;
      const { status } = response;
      log.end(number, { outcome: loses ? 'lost' : 'responded', status, requestId, milliseconds: milliseconds() });
      if (loses) throw new NoResponseError('The response was dropped');
      return response;
    } catch (error) {
      if (error instanceof NoResponseError) throw error;
      log.end(number, { outcome: 'failed', milliseconds: milliseconds() });
      if (request.signal.aborted) throw error;
      throw new NoResponseError('No response came', { cause: error });
    }
  }
}

const isChange = ({ method }: Request) => method !== 'GET' && method !== 'HEAD';

const isCartChange = (request: Request) => isChange(request) && new URL(request.url).pathname.startsWith('/Cart');

function isRepeatable(request: Request): boolean {
  if (!isChange(request) || request.headers.has('Idempotency-Key')) return true;
  // After the change was made, a repeat finds another cart version; the sender reads the cart again.
  if (request.headers.has('If-Match')) return false;
  const { pathname } = new URL(request.url);
  return /^\/(Cart\/Item\/|auth\/refresh$)/.test(pathname);
}
