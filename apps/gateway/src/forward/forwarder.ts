import type { ClientRequest } from 'node:http';
import type { HealthCheck, IdentifiedRequest, ServiceError } from '@badger-store/service-kit';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { CircuitOptions } from './circuit';
import { hasBody, isTooLarge, limitChunks } from './body';
import { whenConnected } from './connecting';
import { brokenOff, late, tooLarge, unreachable } from './forward-errors';
import { toUpstreamHeaders } from './headers';
import { passBack } from './pass-back';
import { pump } from './pump';
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
 * Passes requests on as they are, over connections that are kept; bodies stream both ways and are not looked at. A request goes
 * to another replica where it reached nobody for certain, or changes nothing; any other is sent once (RFC 9110, section 9.2.2).
 */
export function createForwarder(options: ForwarderOptions): Forwarder {
  const { name, urls, deadlineMs, connectMs = 1000, circuit } = options;
  const upstreams = createUpstreams(urls, circuit);

  const forward = (req: Request & Partial<IdentifiedRequest>, res: Response, next: NextFunction): void => {
    if (isTooLarge(req)) return next(tooLarge());
    const isSafe = safeMethods.includes(req.method);
    const withBody = hasBody(req);
    // A client that left while the request waited for its turn took what was not read of the body with it.
    if (res.destroyed || (withBody && req.destroyed)) return;
    const hasWholeBody = () => !withBody || req.readableEnded;
    const message = { method: req.method, path: req.url, headers: toUpstreamHeaders(req, req.requestId ?? '') };
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
    // A client that leaves ends what changes nothing, and what of its body is missing; anything else is brought to its end.
    const hangUp = () => {
      if (isSafe || !hasWholeBody()) outgoing?.destroy();
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
        if (!withBody) return;
        limitChunks(req, () => breakOff(tooLarge()));
        pump(req, sent);
      });
      sent.once('response', (answer) => {
        upstream.circuit.succeeded();
        // One that answers before it has the whole body closes for that reason.
        if (hasWholeBody()) upstream.answered(answer.headers.connection !== 'close');
        if (!ended) deadline.refresh();
        res.off('close', hangUp);
        passBack(answer, res, () => clearTimeout(deadline));
      });
      sent.once('error', (error) => {
        // A client that is slow to send its body, or leaves, is no fault of the upstream.
        const isLate = ended?.kind === 'upstream-late' && hasWholeBody();
        if (isLate || (!connected && !res.destroyed)) upstream.circuit.failed();
        if (ended) return end(ended);
        if (res.headersSent || res.destroyed) return end(brokenOff(name, error));
        if (!connected) return attempt(unreachable(name, error));
        if (isSafe && !withBody) return attempt(brokenOff(name, error));
        end(brokenOff(name, error));
      });
      if (!withBody) sent.end();
    };

    attempt();
  };

  return { forward, check: upstreams.check, close: upstreams.close };
}
