import { randomUUID } from 'node:crypto';
import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { ServiceError, toProblem } from '../problems';

/** By the codes of Node's HTTP parser and server (https://nodejs.org/api/errors.html), or for a request of this method. */
const refusals: Readonly<Record<string, ServiceError>> = {
  CONNECT: new ServiceError(
    'not-implemented',
    'METHOD_NOT_IMPLEMENTED',
    'The server is not a proxy and does not support CONNECT.',
  ),
  HPE_HEADER_OVERFLOW: new ServiceError(
    'headers-too-large',
    'HEADERS_TOO_LARGE',
    'The headers are larger than 16 KiB.',
  ),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: new ServiceError(
    'content-too-large',
    'BODY_TOO_LARGE',
    'The chunk extensions are too large.',
  ),
  HPE_INVALID_VERSION: new ServiceError(
    'version-not-supported',
    'VERSION_NOT_SUPPORTED',
    'Send the request as HTTP/1.1.',
  ),
  ERR_HTTP_REQUEST_TIMEOUT: new ServiceError(
    'request-timeout',
    'REQUEST_TOO_SLOW',
    'The request did not arrive in time.',
  ),
};
const malformed = new ServiceError('invalid', 'BAD_REQUEST', 'The request is malformed.');
const unknownMethod = new ServiceError('not-implemented', 'METHOD_NOT_IMPLEMENTED', 'The method is not implemented.');

interface ConnectionError {
  readonly code?: string;
  /** The bytes that the parser rejected, if the parser raised the error. */
  readonly rawPacket?: Buffer;
}

export interface Refusal {
  /** The response of a request whose headers were complete, if its headers are not sent yet. */
  readonly pending?: ServerResponse;
  readonly headers?: Readonly<Record<string, string>>;
  readonly log: Logger;
  readonly onRefused?: (status: number) => void;
}

/**
 * Sends a problem for bytes that are not an HTTP request, or that do not arrive in time, and closes the connection: the server cannot find
 * the begin of the next request.
 */
export function refuseConnection(error: ConnectionError, socket: Socket, refusal: Refusal): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const problem = toProblem(toRefusal(error));
  // The app logs and counts the response of a request whose headers were complete.
  const res = refusal.pending ?? createResponse(socket, refusal.headers);
  const requestId = res.getHeader('X-Request-Id') ?? randomUUID();
  if (!refusal.pending) {
    // The error holds the received bytes, tokens included: it is not logged.
    refusal.log.info({ requestId, status: problem.status, reason: error.code }, 'connection refused');
    refusal.onRefused?.(problem.status);
  }
  const body = JSON.stringify({ ...problem, requestId });
  res.writeHead(problem.status, {
    'X-Request-Id': String(requestId),
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    Connection: 'close',
  });
  res.end(body);
}

function createResponse(socket: Socket, headers: Refusal['headers'] = {}): ServerResponse {
  const res = new ServerResponse(new IncomingMessage(socket));
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  res.assignSocket(socket);
  res.once('finish', () => socket.destroySoon());
  return res;
}

function toRefusal({ code = '', rawPacket }: ConnectionError): ServiceError {
  if (code === 'HPE_INVALID_METHOD' && hasRequestLine(rawPacket)) return unknownMethod;
  return refusals[code] ?? malformed;
}

/** Distinguishes an unknown method from bytes that are not HTTP: https://www.rfc-editor.org/rfc/rfc9112#section-3 */
const hasRequestLine = (packet: Buffer | undefined): boolean =>
  packet !== undefined && /(^|\r\n)[\w!#$%&'*+.^`|~-]{1,64} \S+ HTTP\/1\.[01]\r\n/.test(packet.toString('latin1'));
