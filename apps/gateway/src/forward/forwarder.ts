import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream';
import { ServiceError, type HealthCheck, type IdentifiedRequest } from '@badger-store/service-kit';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { toClientHeaders, toUpstreamHeaders } from './headers';

export interface Upstream {
  /** As problems and health name it. */
  readonly name: string;
  readonly url: string;
  /** Within this time the answer must have begun, and after the same time again it must be over. */
  readonly deadlineMs: number;
}

export interface Forwarder {
  readonly forward: RequestHandler;
  readonly check: HealthCheck;
  close(): void;
}

/** Passes requests on as they are, over connections that are kept; bodies stream both ways and are not looked at. */
export function createForwarder({ name, url, deadlineMs }: Upstream): Forwarder {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: 512, maxFreeSockets: 64 });
  const target = { agent, host: hostname, port: port || 80 };

  const forward = (req: Request & Partial<IdentifiedRequest>, res: Response, next: NextFunction): void => {
    let late = false;
    const upstream = request({
      ...target,
      method: req.method,
      path: req.url,
      headers: toUpstreamHeaders(req, req.requestId ?? ''),
    });
    const deadline = setTimeout(() => {
      late = true;
      upstream.destroy();
    }, deadlineMs);

    const hangUp = () => upstream.destroy();

    upstream.once('response', (answer) => {
      deadline.refresh();
      res.off('close', hangUp);
      res.writeHead(answer.statusCode ?? 502, toClientHeaders(answer));
      pipeline(answer, res, () => clearTimeout(deadline));
    });
    upstream.once('error', (cause) => {
      clearTimeout(deadline);
      if (!res.headersSent && !res.destroyed) next(toServiceError(name, late, cause));
      else res.destroy();
    });
    // A client that hangs up ends the forwarded request too, so that a service never takes half of a body for the whole.
    res.once('close', hangUp);
    req.pipe(upstream);
  };

  return {
    forward,
    check: () => answers(request({ ...target, path: '/livez', timeout: 1000 })),
    close: () => agent.destroy(),
  };
}

/** Nothing reached a service that could not be connected to; anything else may have happened there. */
function toServiceError(name: string, late: boolean, cause: NodeJS.ErrnoException): ServiceError {
  if (late)
    return new ServiceError('upstream-late', 'UPSTREAM_LATE', `The ${name} service did not answer in time.`, { cause });
  // Where a name has several addresses, each attempt to connect has an error of its own.
  const errors = 'errors' in cause ? (cause.errors as NodeJS.ErrnoException[]) : [cause];
  if (errors.every(({ syscall }) => syscall === 'connect' || syscall === 'getaddrinfo')) {
    return new ServiceError('unavailable', 'UPSTREAM_DOWN', `The ${name} service cannot be reached.`, { cause });
  }
  return new ServiceError('upstream-failed', 'UPSTREAM_FAILED', `The ${name} service broke off.`, { cause });
}

function answers(probe: ClientRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    probe.once('response', (answer: IncomingMessage) => {
      answer.resume();
      resolve();
    });
    probe.once('timeout', () => probe.destroy(new Error('late')));
    probe.once('error', reject);
    probe.end();
  });
}
