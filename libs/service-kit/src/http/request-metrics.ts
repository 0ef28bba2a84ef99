import type { NextFunction, Request, Response } from 'express';
import { Histogram, type Registry } from 'prom-client';
import { finalStatus } from './final-status';

/** Duration of requests by method, route and status. The route is its pattern, never the path, so the labels are bounded. */
export function requestMetrics(registry: Registry) {
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Duration of HTTP requests',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15],
    registers: [registry],
  });
  return (req: Request, res: Response, next: NextFunction): void => {
    const startedAt = performance.now();
    res.once('close', () => {
      const route = (req.route as { path?: string } | undefined)?.path ?? 'none';
      duration.observe({ method: req.method, route, status: finalStatus(res) }, (performance.now() - startedAt) / 1000);
    });
    next();
  };
}
