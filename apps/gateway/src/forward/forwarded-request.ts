import {
  Exchange,
  ServiceError,
  type ConnectedAddress,
  type Headers,
  type IdentifiedRequest,
  type Receiver,
} from '@badger-store/service-kit';
import type { NextFunction, Request, Response } from 'express';
import { toClientHeaders, toUpstreamHeaders } from './headers';

const maxSent = 3;

/** Retries at another address if nothing was sent, or if the request is repeatable (RFC 9110, section 9.2.2). */
export class ForwardedRequest implements Receiver {
  private sent = 0;
  private exchange?: Exchange;
  private deadline?: NodeJS.Timeout;

  constructor(
    private readonly serviceName: string,
    private readonly req: Request & Partial<IdentifiedRequest>,
    private readonly res: Response,
    private readonly next: NextFunction,
    private readonly body: Buffer | undefined,
    private readonly addresses: Iterator<ConnectedAddress, undefined>,
  ) {}

  start(deadlineMs: number): void {
    this.deadline = setTimeout(() => this.exchange?.abort(timedOut(this.serviceName), { isLate: true }), deadlineMs);
    this.res.once('close', () => this.onClientClosed());
    this.attempt(unreachable(this.serviceName));
  }

  /** Ends with `failure` if no address is left. */
  private attempt(failure: ServiceError): void {
    const address = this.sent < maxSent ? this.addresses.next().value : undefined;
    if (!address) return this.end(failure);
    const headers = toUpstreamHeaders(this.req, this.req.requestId ?? '', this.body?.length);
    this.exchange = new Exchange({ method: this.req.method, path: this.req.url, headers, body: this.body }, this);
    address.send(this.exchange);
  }

  onResponse(status: number, upstreamHeaders: Headers): void {
    this.deadline?.refresh();
    if (this.res.destroyed) return;
    const headers = toClientHeaders(upstreamHeaders);
    if (headers.vary !== undefined && this.res.hasHeader('Vary')) {
      this.res.vary(String(headers.vary));
      delete headers.vary;
    }
    this.res.writeHead(status, headers);
  }

  onData(chunk: Buffer): void {
    if (this.res.destroyed || this.res.write(chunk)) return;
    this.exchange?.pause();
    this.res.once('drain', () => this.exchange?.resume());
  }

  onEnd(): void {
    clearTimeout(this.deadline);
    if (!this.res.destroyed) this.res.end();
  }

  onError(error: Error, isSent: boolean): void {
    if (isSent) this.sent += 1;
    if (error instanceof ServiceError || this.res.headersSent || this.res.destroyed) return this.end(error);
    if (!isSent) return this.attempt(unreachable(this.serviceName, error));
    if (isRepeatable(this.req)) return this.attempt(connectionClosed(this.serviceName, error));
    this.end(connectionClosed(this.serviceName, error));
  }

  private end(error: Error): void {
    clearTimeout(this.deadline);
    if (!this.res.headersSent && !this.res.destroyed) this.next(error);
    else this.res.destroy();
  }

  /** A change continues after the client disconnects. */
  private onClientClosed(): void {
    if (this.res.writableFinished) return;
    if (this.res.headersSent || isSafe(this.req)) this.exchange?.abort(new Error('The client disconnected.'));
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
    'UPSTREAM_TIMEOUT',
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
