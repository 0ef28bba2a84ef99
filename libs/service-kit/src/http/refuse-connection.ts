import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import type { Problem } from '../problems';

/** What Node.js calls the ways in which a connection fails to bring a request: https://nodejs.org/api/errors.html */
const refusals: Record<string, { readonly status: number; readonly code: string; readonly detail: string }> = {
  HPE_HEADER_OVERFLOW: { status: 431, code: 'HEADERS_TOO_LARGE', detail: 'The headers are larger than 16 KiB.' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, code: 'BODY_TOO_LARGE', detail: 'The chunk extensions are too large.' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, code: 'REQUEST_TOO_SLOW', detail: 'The request did not arrive in time.' },
};
const malformed = { status: 400, code: 'BAD_REQUEST', detail: 'The request is malformed.' };

/**
 * Answers what is not HTTP, or does not arrive in time, with a problem and ends the connection: where one request ends and the
 * next one begins cannot be told any more. `mayAnswer` is false while another answer is on its way on this connection.
 */
export function refuseConnection(
  error: NodeJS.ErrnoException,
  socket: Socket,
  { mayAnswer, log }: { readonly mayAnswer: boolean; readonly log: Logger },
): void {
  if (error.code === 'ECONNRESET' || !socket.writable || !mayAnswer) return void socket.destroy();
  const { status, code, detail } = refusals[error.code ?? ''] ?? malformed;
  const requestId = randomUUID();
  // The error holds the bytes that came in, tokens included, which are for no log.
  log.info({ requestId, status, reason: error.code }, 'connection refused');
  const problem: Problem = { type: 'about:blank', title: STATUS_CODES[status] ?? '', status, detail, code, requestId };
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    'Connection: close',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.destroySoon();
}
