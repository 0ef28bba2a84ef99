import {
  Exchange,
  ServiceError,
  type Headers,
  type IdentifiedRequest,
  type Receiver,
  type UpstreamAddress,
} from '@badger-store/service-kit';
import type { NextFunction, Request, Response } from 'express';
import { toClientHeaders, toUpstreamHeaders } from './headers';

export interface RequestToForward {
  readonly req: Request & Partial<IdentifiedRequest>;
  readonly res: Response;
  readonly next: NextFunction;
  /** Of the service, for problems. */
  readonly name: string;
  readonly body?: Buffer;
}

const maxAttempts = 3;

/**
 * A request on its way to a service, and the response on its way back. It goes to another address where nothing was sent for certain, or
 * where it is repeatable; any other request is sent once (RFC 9110, section 9.2.2).
 */
export class ForwardedRequest implements Receiver {
  private attempts = 0;
  private exchange?: Exchange;
  private deadline?: NodeJS.Timeout;

  constructor(
    private readonly forwarded: RequestToForward,
    private readonly addresses: Iterator<UpstreamAddress, undefined>,
  ) {}

  start(deadlineMs: number): void {
    const { res, name } = this.forwarded;
    this.deadline = setTimeout(() => this.exchange?.abort(late(name), { isLate: true }), deadlineMs);
    res.once('close', () => this.onClientClosed());
    this.attempt(unreachable(name));
  }

  /** `failure` is for where no address is left. */
  private attempt(failure: ServiceError): void {
    const { req, body } = this.forwarded;
    const address = this.attempts < maxAttempts ? this.addresses.next().value : undefined;
    if (!address) return this.end(failure);
    this.attempts += 1;
    const headers = toUpstreamHeaders(req, req.requestId ?? '', body?.length);
    this.exchange = new Exchange({ method: req.method, path: req.url, headers, body }, this);
    address.send(this.exchange);
  }

  onResponse(status: number, upstreamHeaders: Headers): void {
    const { res } = this.forwarded;
    this.deadline?.refresh();
    if (res.destroyed) return;
    const headers = toClientHeaders(upstreamHeaders);
    if (headers.vary !== undefined && res.hasHeader('Vary')) {
      res.vary(String(headers.vary));
      delete headers.vary;
    }
    res.writeHead(status, headers);
  }

  onData(chunk: Buffer): void {
    const { res } = this.forwarded;
    if (res.destroyed || res.write(chunk)) return;
    this.exchange?.pause();
    res.once('drain', () => this.exchange?.resume());
  }

  onEnd(): void {
    const { res } = this.forwarded;
    clearTimeout(this.deadline);
    if (!res.destroyed) res.end();
  }

  onError(error: Error, isSent: boolean): void {
    const { req, res, name } = this.forwarded;
    if (error instanceof ServiceError || res.headersSent || res.destroyed) return this.end(error);
    if (!isSent) return this.attempt(unreachable(name, error));
    if (isRepeatable(req)) return this.attempt(brokenOff(name, error));
    this.end(brokenOff(name, error));
  }

  private end(error: Error): void {
    const { res, next } = this.forwarded;
    clearTimeout(this.deadline);
    if (!res.headersSent && !res.destroyed) next(error);
    else res.destroy();
  }

  /** A client that leaves ends what changes nothing, and a response that has begun; a change is brought to its end. */
  private onClientClosed(): void {
    const { req, res } = this.forwarded;
    if (res.writableFinished) return;
    if (res.headersSent || isSafe(req)) this.exchange?.abort(new Error('The client left.'));
  }
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1 */
const isSafe = ({ method }: Request): boolean => method === 'GET' || method === 'HEAD' || method === 'OPTIONS';

/** Inventory adds once under an idempotency key, however often it receives the request. A checkout is never repeated: money moves. */
const isRepeatable = (req: Request): boolean =>
  isSafe(req) || (req.method === 'POST' && req.path === '/Cart/Item' && Boolean(req.headers['idempotency-key']));

const late = (name: string) =>
  new ServiceError('gateway-timeout', 'UPSTREAM_LATE', `The ${name} service did not respond in time.`);

/** The request may have been processed. */
const brokenOff = (name: string, cause: Error) =>
  new ServiceError('bad-gateway', 'UPSTREAM_FAILED', `The ${name} service closed the connection.`, { cause });

/** The request was not processed. */
const unreachable = (name: string, cause?: Error) =>
  new ServiceError('unavailable', 'UPSTREAM_DOWN', `The ${name} service cannot be reached.`, { cause });
