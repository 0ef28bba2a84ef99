import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { ServiceError, toProblem, type ErrorCategory } from '../problems';

/** What Node.js calls the ways in which a connection fails to bring a request: https://nodejs.org/api/errors.html */
const refusals: Readonly<Record<string, readonly [category: ErrorCategory, code: string, detail: string]>> = {
  HPE_HEADER_OVERFLOW: ['headers-too-large', 'HEADERS_TOO_LARGE', 'The headers are larger than 16 KiB.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['content-too-large', 'BODY_TOO_LARGE', 'The chunk extensions are too large.'],
  HPE_INVALID_VERSION: ['version-not-supported', 'VERSION_NOT_SUPPORTED', 'Send the request as HTTP/1.1.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['request-timeout', 'REQUEST_TOO_SLOW', 'The request did not arrive in time.'],
};
const malformed = ['invalid', 'BAD_REQUEST', 'The request is malformed.'] as const;
const unknownMethod = ['not-implemented', 'METHOD_NOT_IMPLEMENTED', 'The store does not have this method.'] as const;

interface ConnectionError extends NodeJS.ErrnoException {
  /** What the parser could not read, where it is a parser's error. */
  readonly rawPacket?: Buffer;
}

export interface Refusal {
  /** The response that this connection owes, where it was not begun yet. */
  readonly owed?: ServerResponse;
  /** Of the response to a request whose headers were not understood. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly log: Logger;
  readonly onRefused?: (status: number) => void;
}

/**
 * Answers what is not HTTP, or does not arrive in time, with a problem and ends the connection: where one request ends and the
 * next one begins cannot be told any more.
 */
export function refuseConnection(error: ConnectionError, socket: Socket, refusal: Refusal): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const problem = toProblem(new ServiceError(...reasonOf(error)));
  if (refusal.owed) return answerOwed(refusal.owed, problem);
  const { headers, log, onRefused } = refusal;
  const requestId = randomUUID();
  const { status } = problem;
  // The error holds the bytes that came in, tokens included, which are for no log.
  log.info({ requestId, status, reason: error.code }, 'connection refused');
  onRefused?.(status);
  const body = JSON.stringify({ ...problem, requestId });
  const head = {
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    Date: new Date().toUTCString(),
    'X-Request-Id': requestId,
    Connection: 'close',
    ...headers,
  };
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
  socket.destroySoon();
}

/** The app has seen the headers of this request, so it logs and counts the response, and has set headers of it. */
function answerOwed(res: ServerResponse, problem: { readonly status: number }): void {
  const requestId = res.getHeader('X-Request-Id') ?? randomUUID();
  const body = JSON.stringify({ ...problem, requestId });
  res.writeHead(problem.status, {
    'X-Request-Id': requestId,
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    Connection: 'close',
  });
  res.end(body);
}

function reasonOf({ code = '', rawPacket }: ConnectionError): readonly [ErrorCategory, string, string] {
  if (code === 'HPE_INVALID_METHOD' && isRequestLine(rawPacket)) return unknownMethod;
  return refusals[code] ?? malformed;
}

/** Whether what came is a request but for its method: https://www.rfc-editor.org/rfc/rfc9112#section-3 */
const isRequestLine = (packet: Buffer | undefined): boolean =>
  packet !== undefined && /(^|\r\n)[\w!#$%&'*+.^`|~-]{1,64} \S+ HTTP\/1\.[01]\r\n/.test(packet.toString('latin1'));
