import type { Dispatcher } from 'undici';
import type { Address } from './addresses';
import type { ConnectedAddress } from './connected-address';

export type Headers = Record<string, string | string[] | undefined>;

export interface UpstreamRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body?: Buffer | string;
}

/** Receives a response. Either `onEnd` or `onError` is called once, as the last call. */
export interface Receiver {
  onResponse(status: number, headers: Headers): void;
  onData(chunk: Buffer): void;
  onEnd(): void;
  /** `isSent` is false if certainly no byte was sent. */
  onError(error: Error, isSent: boolean): void;
}

/** No connection was made, so that nothing was sent. */
export class ConnectError extends Error {
  override readonly name = 'ConnectError';
  readonly code: string;

  /** `isReachable` is true if the machine replied: it refused the connection, or TLS failed. */
  constructor(
    { host, port }: Address,
    cause: Error,
    readonly isReachable = false,
  ) {
    const { code = 'CONNECT_FAILED', message } = cause as NodeJS.ErrnoException;
    super(`No connection to ${host}:${port}: ${message || code}`, { cause });
    this.code = code;
  }
}

/** One request to one address, and its response. */
export class Exchange implements Dispatcher.DispatchHandler {
  /** Set when the request is sent. It learns from the exchange whether it is healthy. */
  address?: ConnectedAddress;
  private controller?: Dispatcher.DispatchController;
  private hasResponse = false;
  private isDone = false;

  constructor(
    readonly request: UpstreamRequest,
    private readonly receiver: Receiver,
  ) {}

  /** Calls `onError`. An exchange that exceeds its deadline counts as a failure of the address. */
  abort(error: Error, { isLate = false } = {}): void {
    if (this.isDone) return;
    if (isLate && !this.hasResponse) this.address?.onFailed();
    this.fail(error);
    this.controller?.abort(error);
  }

  pause(): void {
    this.controller?.pause();
  }

  resume(): void {
    this.controller?.resume();
  }

  /** undici calls it immediately before it writes the request. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.isDone) controller.abort(new Error('The request was aborted before it was sent.'));
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    // 1xx responses are informational.
    if (this.isDone || status < 200) return;
    this.hasResponse = true;
    this.address?.onResponded(headers.connection !== 'close');
    this.receiver.onResponse(status, headers);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.isDone) return;
    this.address?.onData();
    this.receiver.onData(chunk);
  }

  onResponseEnd(): void {
    if (this.isDone) return;
    this.isDone = true;
    this.address?.onEnded();
    this.receiver.onEnd();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.isDone) return;
    if (error instanceof ConnectError) this.address?.onConnectFailed();
    else if (this.controller && !this.hasResponse) this.address?.onFailed();
    this.fail(error);
  }

  private fail(error: Error): void {
    this.isDone = true;
    this.address?.onEnded();
    this.receiver.onError(error, this.controller !== undefined);
  }
}

export interface WholeResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

/** Resolves to the whole response. Rejects if it has not ended after `deadlineMs`. */
export function readResponse(
  address: ConnectedAddress,
  request: UpstreamRequest,
  deadlineMs: number,
): Promise<WholeResponse> {
  return new Promise((resolve, reject) => {
    let head: Pick<WholeResponse, 'status' | 'headers'> = { status: 0, headers: {} };
    const chunks: Buffer[] = [];
    const timer = setTimeout(
      () => exchange.abort(new Error(`No response within ${Math.round(deadlineMs)} ms.`), { isLate: true }),
      deadlineMs,
    );
    const exchange = new Exchange(request, {
      onResponse: (status, headers) => (head = { status, headers }),
      onData: (chunk) => void chunks.push(chunk),
      onEnd() {
        clearTimeout(timer);
        resolve({ ...head, body: Buffer.concat(chunks) });
      },
      onError(error) {
        clearTimeout(timer);
        reject(error);
      },
    });
    address.send(exchange);
  });
}
