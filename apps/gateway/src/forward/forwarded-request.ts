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
  /** The service, in problems. */
  readonly name: string;
  readonly body?: Buffer;
}

const maxAttempts = 3;

/** Retries at another address if nothing was sent, or if the request is repeatable (RFC 9110, section 9.2.2). */
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
    this.deadline = setTimeout(() => this.exchange?.abort(timedOut(name), { isLate: true }), deadlineMs);
    res.once('close', () => this.onClientClosed());
    this.attempt(unreachable(name));
  }

  /** Ends with `failure` if no address is left. */
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
    if (isRepeatable(req)) return this.attempt(connectionClosed(name, error));
    this.end(connectionClosed(name, error));
  }

  private end(error: Error): void {
    const { res, next } = this.forwarded;
    clearTimeout(this.deadline);
    if (!res.headersSent && !res.destroyed) next(error);
    else res.destroy();
  }

  /** A change continues after the client disconnects. */
  private onClientClosed(): void {
    const { req, res } = this.forwarded;
    if (res.writableFinished) return;
    if (res.headersSent || isSafe(req)) this.exchange?.abort(new Error('The client disconnected.'));
  }
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1 */
const isSafe = ({ method }: Request): boolean => method === 'GET' || method === 'HEAD' || method === 'OPTIONS';

/** Inventory adds once per idempotency key. A checkout is never repeated: it moves money. */
const isRepeatable = (req: Request): boolean =>
  isSafe(req) || (req.method === 'POST' && req.path === '/Cart/Item' && Boolean(req.headers['idempotency-key']));

const mayBeProcessed = 'The request may have been processed.';

const timedOut = (name: string) =>
  new ServiceError(
    'gateway-timeout',
    'UPSTREAM_LATE',
    `The ${name} service did not respond in time. ${mayBeProcessed}`,
  );

const connectionClosed = (name: string, cause: Error) => {
  const message = `The ${name} service closed the connection. ${mayBeProcessed}`;
  return new ServiceError('bad-gateway', 'UPSTREAM_FAILED', message, { cause });
};

const unreachable = (name: string, cause?: Error) => {
  const message = `The ${name} service is unreachable. The request was not processed.`;
  return new ServiceError('unavailable', 'UPSTREAM_DOWN', message, { cause });
};
