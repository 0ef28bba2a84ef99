import type { ClientRequest } from 'node:http';
import { hasBody, type HealthCheck, type IdentifiedRequest, type ServiceError } from '@badger-store/service-kit';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { CircuitOptions } from './circuit';
import { createBodies } from './bodies';
import { whenConnected } from './connecting';
import { brokenOff, late, unreachable } from './forward-errors';
import { toUpstreamHeaders } from './headers';
import { passBack } from './pass-back';
import { createUpstreams } from './upstreams';

export interface ForwarderOptions {
  /** As problems and health name it. */
  readonly name: string;
  /** Replicas of the service, tried in turn. */
  readonly urls: readonly string[];
  /** Within this time the answer must have begun, retries included, and after the same time again it must be over. */
  readonly deadlineMs: number;
  /** For one replica to take a connection; then the next one is tried. Default 1000. */
  readonly connectMs?: number;
  readonly circuit?: CircuitOptions;
}

export interface Forwarder {
  readonly forward: RequestHandler;
  readonly check: HealthCheck;
  close(): void;
}

const mostAttempts = 3;
const safeMethods: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Passes requests on as they are, over connections that are kept. The body of a request is read whole before a connection is taken, the one of
 * a response streams; neither is looked at. A request goes to another replica where it reached nobody for certain, or changes nothing; any
 * other is sent once (RFC 9110, section 9.2.2).
 */
export function createForwarder(options: ForwarderOptions): Forwarder {
  const { name, urls, deadlineMs, connectMs = 1000, circuit } = options;
  const upstreams = createUpstreams(urls, circuit);

  const bodies = createBodies();

  const forward = (req: Request, res: Response, next: NextFunction): void => {
    if (!hasBody(req)) return send(req, res, next);
    bodies.read(req, res).then((body) => send(req, res, next, body), next);
  };

  const send = (req: Request & Partial<IdentifiedRequest>, res: Response, next: NextFunction, body?: Buffer): void => {
    // The client left while its request waited for its turn.
    if (res.destroyed) return;
    const isSafe = safeMethods.includes(req.method);
    const headers = toUpstreamHeaders(req, req.requestId ?? '', body?.length);
    const message = { method: req.method, path: req.url, headers };
    const candidates = upstreams.inTurn();
    let attempts = 0;
    let outgoing: ClientRequest | undefined;
    let ended: ServiceError | undefined;

    const end = (error: ServiceError) => {
      clearTimeout(deadline);
      res.off('close', hangUp);
      if (!res.headersSent && !res.destroyed) next(error);
      else res.destroy();
    };
    const breakOff = (error: ServiceError) => {
      ended ??= error;
      outgoing?.destroy();
    };
    const deadline = setTimeout(() => breakOff(late(name)), deadlineMs);
    // A client that leaves ends what changes nothing; anything else is brought to its end.
    const hangUp = () => {
      if (isSafe) outgoing?.destroy();
    };
    res.once('close', hangUp);

    const attempt = (failure?: ServiceError): void => {
      const upstream = attempts < mostAttempts ? candidates.next().value : undefined;
      if (!upstream) return end(failure ?? unreachable(name));
      attempts += 1;
      let connected = false;
      const sent = upstream.open(message);
      outgoing = sent;

      whenConnected(sent, connectMs, () => {
        connected = true;
      });
      sent.once('response', (answer) => {
        upstream.circuit.succeeded();
        upstream.answered(answer.headers.connection !== 'close');
        if (!ended) deadline.refresh();
        res.off('close', hangUp);
        passBack(answer, res, () => clearTimeout(deadline));
      });
      sent.once('error', (error) => {
        // A client that leaves is no fault of the upstream.
        if (ended || (!connected && !res.destroyed)) upstream.circuit.failed();
        if (ended) return end(ended);
        if (res.headersSent || res.destroyed) return end(brokenOff(name, error));
        if (!connected) return attempt(unreachable(name, error));
        if (isSafe) return attempt(brokenOff(name, error));
        end(brokenOff(name, error));
      });
      sent.end(body);
    };

    attempt();
  };

  return { forward, check: upstreams.check, close: upstreams.close };
}
