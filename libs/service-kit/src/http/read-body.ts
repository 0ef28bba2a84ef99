import type { IncomingMessage, ServerResponse } from 'node:http';
import readWhole from 'raw-body';
import { ServiceError } from '../problems';
import { sendContinue } from './continue';

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/**
 * Resolves to the whole body of a request, or undefined where it has none. Rejects with 413 as soon as it is known to have more bytes than
 * `maxBytes`, and with 415 where it is compressed. Asks for it only now, where the client waits for `100 Continue`.
 */
export async function readBody(
  req: IncomingMessage,
  res: ServerResponse,
  maxBytes: number,
): Promise<Buffer | undefined> {
  if (!hasBody(req)) return undefined;
  const { 'content-encoding': coding = 'identity', 'content-length': length } = req.headers;
  if (coding.toLowerCase() !== 'identity') {
    throw new ServiceError('unsupported-media-type', 'UNSUPPORTED_ENCODING', 'Send the body without a coding.', {
      headers: { 'Accept-Encoding': 'identity' },
    });
  }
  if (Number(length ?? 0) > maxBytes) throw tooLarge(maxBytes);
  if (req.destroyed) throw new ServiceError('invalid', 'BAD_REQUEST', 'The client left before its body was read.');
  sendContinue(req, res);
  return readWhole(req, { limit: maxBytes, length });
}

const tooLarge = (maxBytes: number) =>
  new ServiceError('too-large', 'BODY_TOO_LARGE', `The body is larger than ${maxBytes / 1024} KiB.`);
