import { isUtf8 } from 'node:buffer';
import { parse as parseContentType } from 'content-type';
import type { NextFunction, Request, Response } from 'express';
import { ServiceError } from '../problems';
import { hasBody, readBody } from './read-body';

/** Reads a JSON body of up to `maxKib` KiB into `req.body`, which stays undefined if the request has no body. */
export function jsonBodyUpTo(maxKib: number) {
  return async (req: Request, res: Response, next: NextFunction): Promise<void> => {
    if (hasBody(req)) {
      assertJson(req.headers['content-type']);
      const bytes = await readBody(req, res, maxKib * 1024);
      if (bytes && bytes.length > 0) req.body = parseJson(bytes);
    }
    next();
  };
}

/** The limit of all public routes. */
export const jsonBody = jsonBodyUpTo(64);

/** JSON is UTF-8: https://www.rfc-editor.org/rfc/rfc8259#section-8.1 */
function assertJson(contentType = ''): void {
  const { type, parameters } = parseContentType(contentType);
  const headers = { Accept: 'application/json' };
  if (type !== 'application/json') {
    throw new ServiceError('unsupported-media-type', 'NOT_JSON', 'Send the body as application/json.', { headers });
  }
  if ((parameters.charset ?? 'utf-8').toLowerCase() === 'utf-8') return;
  throw new ServiceError('unsupported-media-type', 'UNSUPPORTED_ENCODING', 'Send the body as UTF-8.', { headers });
}

function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new ServiceError('invalid', 'MALFORMED_JSON', 'The body is not UTF-8.');
  try {
    return JSON.parse(bytes.toString().replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new ServiceError('invalid', 'MALFORMED_JSON', 'The body is not well-formed JSON.', { cause });
  }
}
