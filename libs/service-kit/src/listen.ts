import { once } from 'node:events';
import { createServer, IncomingMessage, ServerResponse, type RequestListener, type ServerOptions } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Express } from 'express';
import type { Logger } from 'pino';
import { delayContinue } from './http/read-body';
import { refuseConnection } from './http/refuse-connection';
import { createHttpsServer, type IdentityFiles } from './tls/tls';

/** How long a client may take, in ms. */
export interface TimeLimits {
  /** For the headers of a request; default 10 s. */
  readonly headersMs: number;
  /** For a whole request, its body included; default 30 s. */
  readonly requestMs: number;
  /** How often the server checks both limits; default 1 s. */
  readonly checkEveryMs: number;
}

export interface ListenOptions {
  readonly host: string;
  readonly log: Logger;
  readonly timeLimits?: TimeLimits;
  readonly identity?: IdentityFiles;
  /** Headers of a response to bytes that are not a request. */
  readonly refusalHeaders?: Readonly<Record<string, string>>;
  /** Called with the status of such a response. */
  readonly onRefused?: (status: number) => void;
}

export interface Listening {
  readonly port: number;
  /** Drains the connections, closes the port, and destroys the connections that are still open after `timeoutMs`. */
  drain(timeoutMs: number): Promise<void>;
}

/**
 * Closing the port resets connections that wait to be accepted, and closing an idle connection can lose a request in flight. During this time
 * the server still serves every request, and each response has `Connection: close`, so that clients connect elsewhere first.
 */
const drainGraceMs = 1000;

const defaultTimeLimits: TimeLimits = { headersMs: 10_000, requestMs: 30_000, checkEveryMs: 1000 };

/** Serves a port. `refuseConnection` responds to bytes that are not a request. */
export async function listen(
  listener: RequestListener,
  port: number,
  { host, log, timeLimits = defaultTimeLimits, identity, refusalHeaders, onRefused }: ListenOptions,
): Promise<Listening> {
  // Arrays, because one Set of all responses would slow down garbage collection: docs/performance.md.
  const connections = new Map<Socket, ServerResponse[]>();
  /** With those whose TLS handshake has not ended. */
  const sockets = new Set<Socket>();
  let draining = false;
  const options: ServerOptions = {
    keepAliveTimeout: 65_000,
    headersTimeout: timeLimits.headersMs,
    requestTimeout: timeLimits.requestMs,
    connectionsCheckingInterval: timeLimits.checkEveryMs,
    // `validateRequest` refuses the request instead, so that the app logs and counts it.
    requireHostHeader: false,
    ...createMessageClasses(listener),
  };
  const serve = (req: IncomingMessage, res: ServerResponse): void => {
    const inFlight = connections.get(req.socket) ?? [];
    inFlight.push(res);
    res.once('close', () => {
      inFlight.splice(inFlight.indexOf(res), 1);
      // Node would wait for the client to close a connection that is kept alive.
      if (!server.listening) req.socket.destroySoon();
    });
    if (draining) res.setHeader('Connection', 'close');
    listener(req, res as Parameters<RequestListener>[1]);
  };
  const findCurrentResponse = (socket: Socket) =>
    (connections.get(socket) ?? []).find((response) => response.socket === socket);

  const server = identity ? createHttpsServer(options, serve, identity, log) : createServer(options, serve);
  // The limit of 16 KiB for all headers is enough; with a count Node would drop the others silently.
  server.maxHeadersCount = 0;
  server.on('checkContinue', (req, res) => {
    delayContinue(req, res);
    serve(req, res);
  });
  server.on('checkExpectation', serve);
  server.on('connect', (_req: IncomingMessage, socket: Socket) => {
    socket.on('error', () => undefined);
    // The client would read the problem as the response to the request before.
    if (findCurrentResponse(socket)) return void socket.destroy();
    refuseConnection({ code: 'CONNECT' }, socket, { headers: refusalHeaders, log, onRefused });
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on(identity ? 'secureConnection' : 'connection', (socket: Socket) => {
    connections.set(socket, []);
    socket.once('close', () => connections.delete(socket));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (!connections.has(socket)) {
      log.info({ reason: error.code }, 'TLS handshake failed');
      return void socket.destroy();
    }
    const current = findCurrentResponse(socket);
    // The client would read a second response as the rest of the first one.
    if (current?.headersSent) return void socket.destroy();
    // The bytes after a complete request are malformed: the connection closes after its response.
    if (current?.req.complete) return void current.setHeader('Connection', 'close');
    refuseConnection(error, socket, { pending: current, headers: refusalHeaders, log, onRefused });
  });
  server.listen(port, host);
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    async drain(timeoutMs) {
      draining = true;
      for (const res of [...connections.values()].flat()) if (!res.headersSent) res.setHeader('Connection', 'close');
      const graceEndsAt = performance.now() + Math.min(timeoutMs, drainGraceMs);
      while (connections.size > 0 && performance.now() < graceEndsAt) await sleep(20);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const timer = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, timeoutMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

/**
 * Express changes the prototypes of each request and response to the app's, which can halve the speed of V8 (docs/performance.md). With these
 * classes they have the app's prototypes from the start.
 */
export function createMessageClasses(listener: RequestListener | Express) {
  if (!('request' in listener)) return {};
  class AppRequest extends IncomingMessage {}
  class AppResponse<Request extends IncomingMessage> extends ServerResponse<Request> {}
  Object.setPrototypeOf(AppRequest.prototype, listener.request);
  Object.setPrototypeOf(AppResponse.prototype, listener.response);
  listener.request = AppRequest.prototype as Express['request'];
  listener.response = AppResponse.prototype as unknown as Express['response'];
  return { IncomingMessage: AppRequest, ServerResponse: AppResponse };
}
