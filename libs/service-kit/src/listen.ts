import { once } from 'node:events';
import { createServer, ServerResponse, type IncomingMessage, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { appMessages } from './http/app-messages';
import { holdContinue } from './http/continue';
import { refuseConnection } from './http/refuse-connection';

/** How long a client may take, in ms. */
export interface TimeLimits {
  /** For the headers of a request; default 10 s. */
  readonly headersMs: number;
  /** For a whole request, its body included; default 30 s. */
  readonly requestMs: number;
  /** How often the two are enforced: a slow client has at most this much time more; default 1 s. */
  readonly checkEveryMs: number;
}

export interface ListenOptions {
  readonly host: string;
  readonly log: Logger;
  readonly timeLimits?: TimeLimits;
  /** Of the response to what never becomes a request. */
  readonly refusalHeaders?: Readonly<Record<string, string>>;
  /** Is called with the status of such a response. */
  readonly onRefused?: (status: number) => void;
}

export interface Listening {
  readonly port: number;
  /**
   * Lets go of its connections, then stops accepting; resolves when the last one is gone, which is cut off after `timeoutMs`.
   */
  drain(timeoutMs: number): Promise<void>;
}

/**
 * A port that is closed resets the connections that wait to be accepted, and a connection that is closed for being idle may have a
 * request on its way. So for this long everything is still served, and each answer says that the connection ends with it: clients
 * go elsewhere before anything is closed under them.
 */
const lettingGoMs = 1000;

const defaultTimeLimits: TimeLimits = { headersMs: 10_000, requestMs: 30_000, checkEveryMs: 1000 };

/** Serves a port. Whatever a client sends, the listener answers it, or `refuseConnection` where it is no request. */
export async function listen(
  listener: RequestListener,
  port: number,
  { host, log, timeLimits = defaultTimeLimits, refusalHeaders, onRefused }: ListenOptions,
): Promise<Listening> {
  // A Set of all answers under way would keep them from V8's collector of what is young: docs/performance.md.
  const connections = new Map<Socket, ServerResponse[]>();
  let draining = false;
  const options = {
    keepAliveTimeout: 65_000,
    headersTimeout: timeLimits.headersMs,
    requestTimeout: timeLimits.requestMs,
    connectionsCheckingInterval: timeLimits.checkEveryMs,
    // `validateRequest` answers it, so that it is logged and counted.
    requireHostHeader: false,
    ...appMessages(listener),
  };
  const serve = (req: IncomingMessage, res: ServerResponse): void => {
    const underWay = connections.get(req.socket) ?? [];
    underWay.push(res);
    res.once('close', () => {
      underWay.splice(underWay.indexOf(res), 1);
      // Node would leave it to the client when a connection that is kept alive ends.
      if (!server.listening) req.socket.destroySoon();
    });
    if (draining) res.setHeader('Connection', 'close');
    listener(req, res as Parameters<RequestListener>[1]);
  };
  /** The response to which the next bytes on a connection belong. */
  const currentOf = (socket: Socket) => (connections.get(socket) ?? []).find((res) => res.socket === socket);

  const server = createServer(options, serve);
  // All of the headers are at most 16 KiB, and none of them is left out.
  server.maxHeadersCount = 0;
  server.on('checkContinue', (req, res) => {
    holdContinue(req, res);
    serve(req, res);
  });
  server.on('checkExpectation', serve);
  server.on('connect', (req: IncomingMessage, socket: Socket) => {
    socket.on('error', () => undefined);
    // Node has parted the connection from its parser, and made no response.
    if (currentOf(socket)) return void socket.destroy();
    const res = new (options.ServerResponse ?? ServerResponse)(req);
    res.shouldKeepAlive = false;
    // An authority is no path, by which Express finds its way.
    req.url = '/';
    res.assignSocket(socket);
    res.once('finish', () => socket.destroySoon());
    serve(req, res);
  });
  server.on('connection', (socket: Socket) => {
    connections.set(socket, []);
    socket.once('close', () => connections.delete(socket));
  });
  server.on('clientError', (error, socket: Socket) => {
    const current = currentOf(socket);
    // A second response would be taken for the rest of the first one.
    if (current?.headersSent) return void socket.destroy();
    const owed = current?.req.complete === false ? current : undefined;
    refuseConnection(error, socket, { owed, headers: refusalHeaders, log, onRefused });
  });
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();

  return {
    port: typeof address === 'object' && address ? address.port : 0,
    async drain(timeoutMs) {
      draining = true;
      for (const res of [...connections.values()].flat()) if (!res.headersSent) res.setHeader('Connection', 'close');
      const lettingGoEnds = performance.now() + Math.min(timeoutMs, lettingGoMs);
      while (connections.size > 0 && performance.now() < lettingGoEnds) await sleep(20);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const cut = setTimeout(() => server.closeAllConnections(), timeoutMs);
      await closed;
      clearTimeout(cut);
    },
  };
}
