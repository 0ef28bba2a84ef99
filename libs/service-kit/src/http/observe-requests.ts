import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import type { Logger } from 'pino';
import { Histogram, type Registry } from 'prom-client';
import { beginRequestSpan } from '../telemetry/tracing';

export interface IdentifiedRequest {
  requestId: string;
}

/** Uses the caller's `X-Request-Id` if it is safe for logs. */
export function setRequestId(req: Request & Partial<IdentifiedRequest>, res: Response, next: NextFunction): void {
  const given = req.headers['x-request-id'];
  req.requestId = typeof given === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : randomUUID();
  res.setHeader('X-Request-Id', req.requestId);
  next();
}

/** nginx's status for a client that closed the connection before the response was written. */
const clientClosedRequest = 499;

export const createRequestDuration = (registry: Registry) =>
  new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Duration of HTTP requests',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15],
    registers: [registry],
  });

/**
 * Writes one log line a request, without query, headers, body or token, and observes its duration. The label `route` is the pattern, not the
 * path, so that the number of series is bounded.
 */
export function observeRequests(
  log: Logger,
  duration: ReturnType<typeof createRequestDuration>,
  continuesTraces: boolean,
) {
  // The line has only the fields below: redaction would cost time and find nothing.
  const requestLog = log.child({}, { redact: [] });

  return (req: Request & Partial<IdentifiedRequest>, res: Response, next: NextFunction): void => {
    const startedAt = performance.now();
    const { method, path } = req;
    const span = beginRequestSpan(method, continuesTraces ? req.headers : undefined);
    res.once('close', () => {
      const ms = performance.now() - startedAt;
      const status = res.writableEnded ? res.statusCode : clientClosedRequest;
      const route = (req.route as { path?: string } | undefined)?.path ?? 'none';
      duration.observe({ method, route, status }, ms / 1000);
      span.end({ route, status });
      const durationMs = Math.round(ms * 10) / 10;
      const { requestId } = req;
      const line = { requestId, traceId: span.traceId, method, path: path.slice(0, 200), status, durationMs };
      requestLog.info(line, 'request');
    });
    span.run(next);
  };
}
