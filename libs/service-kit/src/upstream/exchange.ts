import type { Dispatcher } from 'undici';
import { ConnectError } from './connect';

export type Headers = Record<string, string | string[] | undefined>;

export interface UpstreamRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body?: Buffer | string;
}

/** Receives a response; `onEnd` or `onError` is called once, and nothing after it. */
export interface Receiver {
  onResponse(status: number, headers: Headers): void;
  onData(chunk: Buffer): void;
  onEnd(): void;
  /** `isSent` is `false` where nothing was sent, for certain. */
  onError(error: Error, isSent: boolean): void;
}

/** One address of a service, and the connections to it. */
export interface UpstreamAddress {
  send(exchange: Exchange): void;
}

/** What an exchange says about the address that it was sent to. */
export interface Observer {
  /** `keepsConnection` is `false` where the address closes the connection after this response. */
  onResponded(keepsConnection: boolean): void;
  /** No connection, or no response. */
  onFailed(): void;
}

/** One request to one address, and its response. */
export class Exchange implements Dispatcher.DispatchHandler {
  /** Where it was sent. */
  observer?: Observer;
  private controller?: Dispatcher.DispatchController;
  private isResponding = false;
  private isOver = false;

  constructor(
    readonly request: UpstreamRequest,
    private readonly receiver: Receiver,
  ) {}

  /** Ends it with `onError`. A request that is given up for its deadline counts against the address. */
  abort(error: Error, { isLate = false } = {}): void {
    if (this.isOver) return;
    if (isLate && !this.isResponding) this.observer?.onFailed();
    this.fail(error);
    this.controller?.abort(error);
  }

  pause(): void {
    this.controller?.pause();
  }

  resume(): void {
    this.controller?.resume();
  }

  /** undici calls it just before it writes the request. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.isOver) controller.abort(new Error('The request was given up before it was sent.'));
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    // An informational response comes before the one that counts.
    if (this.isOver || status < 200) return;
    this.isResponding = true;
    this.observer?.onResponded(headers.connection !== 'close');
    this.receiver.onResponse(status, headers);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.isOver) this.receiver.onData(chunk);
  }

  onResponseEnd(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.receiver.onEnd();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.isOver) return;
    if (error instanceof ConnectError || (this.controller && !this.isResponding)) this.observer?.onFailed();
    this.fail(error);
  }

  private fail(error: Error): void {
    this.isOver = true;
    this.receiver.onError(error, this.controller !== undefined);
  }
}
