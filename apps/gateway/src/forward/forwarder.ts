import { createUpstream, hasBody, type OutlierOptions, type TlsClient } from '@badger-store/service-kit';
import type { NextFunction, Request, Response } from 'express';
import { createBodies } from './bodies';
import { ForwardedRequest } from './forwarded-request';

export interface ForwarderOptions {
  /** The service, in problems and health. */
  readonly name: string;
  readonly urls: readonly string[];
  /** For the response to begin, all attempts included; after the same time again it must have ended. */
  readonly deadlineMs: number;
  /** For one address to accept a connection; default 250. */
  readonly connectMs?: number;
  readonly outliers?: OutlierOptions;
  /** For https URLs. */
  readonly tls?: TlsClient;
}

/** Forwards requests over persistent connections. It reads request bodies whole before it takes a connection, and streams response bodies. */
export function createForwarder(options: ForwarderOptions) {
  const { name, deadlineMs } = options;
  const upstream = createUpstream(options);
  const bodies = createBodies();

  const send = (req: Request, res: Response, next: NextFunction, body?: Buffer): void => {
    if (res.destroyed) return;
    new ForwardedRequest(name, req, res, next, body, upstream.roundRobin()).start(deadlineMs);
  };
  const forward = (req: Request, res: Response, next: NextFunction): void => {
    if (!hasBody(req)) return send(req, res, next);
    bodies.read(req, res).then((body) => send(req, res, next, body), next);
  };

  return { forward, check: upstream.check, close: upstream.close };
}
