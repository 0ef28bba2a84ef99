import { createUpstream, hasBody, type HealthCheck, type OutlierOptions } from '@badger-store/service-kit';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { createBodies } from './bodies';
import { ForwardedRequest } from './forwarded-request';

export interface ForwarderOptions {
  /** As problems and health name it. */
  readonly name: string;
  /** Of the service; an address, or a host name that has several. */
  readonly urls: readonly string[];
  /** Within this time the response must have begun, all attempts included, and after the same time again it must have ended. */
  readonly deadlineMs: number;
  /** For one address to take a connection; then the next one is tried. Default 1000. */
  readonly connectMs?: number;
  readonly outliers?: OutlierOptions;
}

export interface Forwarder {
  readonly forward: RequestHandler;
  readonly check: HealthCheck;
  close(): void;
}

/**
 * Passes requests on as they are, over connections that are kept. The body of a request is read whole before a connection is taken, the one of
 * a response streams; neither is looked at.
 */
export function createForwarder(options: ForwarderOptions): Forwarder {
  const { name, deadlineMs } = options;
  const upstream = createUpstream(options);
  const bodies = createBodies();

  const send = (req: Request, res: Response, next: NextFunction, body?: Buffer): void => {
    // The client left while its request waited for its turn.
    if (res.destroyed) return;
    new ForwardedRequest({ req, res, next, name, body }, upstream.inTurn()).start(deadlineMs);
  };
  const forward = (req: Request, res: Response, next: NextFunction): void => {
    if (!hasBody(req)) return send(req, res, next);
    bodies.read(req, res).then((body) => send(req, res, next, body), next);
  };

  return { forward, check: upstream.check, close: upstream.close };
}
