import type { NextFunction, Request, Response } from 'express';
import type { Logger } from 'pino';
import { Histogram, type Registry } from 'prom-client';
import { beginRequestSpan } from '../telemetry/tracing';
import type { IdentifiedRequest } from './request-id';

/** As nginx writes it, for a client that hung up before the response was written. */
const clientClosedRequest = 499;

export function createRequestDuration(registry: Registry) {
  return new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Duration of HTTP requests',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15],
    registers: [registry],
  });
}

export type RequestDuration = ReturnType<typeof createRequestDuration>;

/**
 * When a request is over: one log line from the fields that matter (no query, no header, no body, no token), and its duration
 * by method, route and status, with the id of the trace that it is part of. The route is its pattern, never the path, so the labels are bounded.
 */
export function observeRequests(log: Logger, duration: RequestDuration, continuesTraces: boolean) {
  // It has the fields that are named below alone: no secret has to be looked for.
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
