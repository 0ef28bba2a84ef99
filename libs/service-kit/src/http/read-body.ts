import type { IncomingMessage, ServerResponse } from 'node:http';
import { ServiceError } from '../problems';

const waitingForContinue = new WeakSet<IncomingMessage>();

/**
 * Delays the `100 Continue` of a request until a route reads its body (RFC 9110, section 10.1.1). A client that never receives it may omit
 * the body, and the next request would then be read as that body. Therefore the connection closes after the response.
 */
export function delayContinue(req: IncomingMessage, res: ServerResponse): void {
  waitingForContinue.add(req);
  res.setHeader('Connection', 'close');
}

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/**
 * Resolves to the whole body of a request, or to undefined if the request has none. Rejects with 413 as soon as the body exceeds `maxBytes`,
 * and with 415 if it is compressed.
 */
export async function readBody(
  req: IncomingMessage,
  res: ServerResponse,
  maxBytes: number,
): Promise<Buffer | undefined> {
  if (!hasBody(req)) return undefined;
  const { 'content-encoding': coding = 'identity', 'content-length': length = '0' } = req.headers;
  if (coding.toLowerCase() !== 'identity') {
    throw new ServiceError('unsupported-media-type', 'UNSUPPORTED_ENCODING', 'Send the body without compression.', {
      headers: { 'Accept-Encoding': 'identity' },
    });
  }
  if (Number(length) > maxBytes) throw createTooLargeError(maxBytes);
  if (req.destroyed) throw createAbortedError();
  if (waitingForContinue.delete(req)) res.writeContinue();
  return collect(req, maxBytes);
}

/** Allocates less than raw-body, which matters because the gateway reads every body that it forwards. */
function collect(req: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const onData = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) return void chunks.push(chunk);
      req.off('data', onData).pause();
      chunks.length = 0;
      reject(createTooLargeError(maxBytes));
    };
    req.on('data', onData);
    req.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    req.on('close', () => {
      if (!req.readableEnded) reject(createAbortedError());
    });
  });
}

const createAbortedError = () =>
  new ServiceError('invalid', 'BAD_REQUEST', 'The client closed the connection before the end of the body.');
const createTooLargeError = (maxBytes: number) =>
  new ServiceError('content-too-large', 'BODY_TOO_LARGE', `The body is larger than ${maxBytes / 1024} KiB.`);
