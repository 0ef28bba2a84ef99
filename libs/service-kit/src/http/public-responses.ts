import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Request, Response } from 'express';
import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';
import { ServiceError } from '../problems';

/** What is the same for everybody. */
export interface PublicContent {
  readonly body: string | Buffer;
  /** With its charset, where it is text. */
  readonly type: string;
  /** How long others may keep it without asking: a change is seen after that time. */
  readonly maxAgeSeconds: number;
  /** The content at this address never changes. */
  readonly isImmutable?: boolean;
  /** The body in a content coding, where it was compressed beforehand. */
  readonly precompressed?: Readonly<Partial<Record<Coding, Buffer>>>;
}

export type SendPublic = (req: Request, res: Response, content: PublicContent) => Promise<void>;

type Coding = 'br' | 'gzip';

const preferred = ['br', 'gzip'];
const compressFromBytes = 1024;
const compressible = /^(text\/|application\/json|image\/svg\+xml)/;
const maxRemembered = 500;
const maxRememberedBytes = 16 * 1024 * 1024;
const brotliQuality = 5;

const encoders: Readonly<Record<Coding, (bytes: Buffer) => Promise<Buffer>>> = {
  br: (bytes) =>
    promisify(brotliCompress)(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }),
  gzip: (bytes) => promisify(gzip)(bytes),
};

/**
 * Answers with content that anybody may keep: with a strong ETag made of the content alone, so that all replicas and releases give the same
 * one, and compressed where the client takes that (RFC 9110, sections 8.4, 8.8.3 and 13.1). What was compressed last is remembered.
 */
export function createPublicResponses(): SendPublic {
  const remembered = new LRUCache<string, Buffer>({
    max: maxRemembered,
    maxSize: maxRememberedBytes,
    sizeCalculation: (bytes) => bytes.length,
  });

  const encode = async (bytes: Buffer, coding: Coding, etag: string): Promise<Buffer> => {
    const known = remembered.get(etag);
    if (known) return known;
    const encoded = await encoders[coding](bytes);
    if (encoded.length > 0) remembered.set(etag, encoded);
    return encoded;
  };

  return async (req, res, { body, type, maxAgeSeconds, isImmutable = false, precompressed = {} }) => {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    const coding = compressible.test(type) ? codingFor(req, bytes) : undefined;
    const etag = etagOf(bytes, coding);
    const cacheControl = `public, max-age=${maxAgeSeconds}${isImmutable ? ', immutable' : ''}`;
    res.set({ 'Cache-Control': cacheControl, Vary: 'Accept-Encoding', ETag: etag });
    if (!matches(req.headers['if-match'] ?? '*', etag, 'strong')) {
      throw new ServiceError(
        'precondition-failed',
        'PRECONDITION_FAILED',
        'The content is another one than If-Match says.',
      );
    }
    if (matches(req.headers['if-none-match'], etag, 'weak')) {
      res.status(304).end();
      return;
    }
    if (coding) res.setHeader('Content-Encoding', coding);
    const content = coding ? (precompressed[coding] ?? (await encode(bytes, coding, etag))) : bytes;
    res
      .status(200)
      .set({ 'Content-Type': type, 'Content-Length': String(content.length) })
      .end(content);
  };
}

function codingFor(req: Request, bytes: Buffer): Coding | undefined {
  if (req.headers['accept-encoding'] === undefined) return undefined;
  const offered = bytes.length < compressFromBytes ? ['identity', ...preferred] : [...preferred, 'identity'];
  // Its types do not have the second argument, the server's own order among what the client likes equally.
  const negotiator = new Negotiator(req) as unknown as {
    encoding(offered: string[], options: { preferred: string[] }): string | undefined;
  };
  const chosen = negotiator.encoding(offered, { preferred: offered });
  return chosen === 'br' || chosen === 'gzip' ? chosen : undefined;
}

function etagOf(bytes: Buffer, coding?: Coding): string {
  const digest = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
  return coding ? `"${digest}-${coding}"` : `"${digest}"`;
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3.2 */
function matches(header: string | undefined, etag: string, comparison: 'strong' | 'weak'): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  const tags: readonly string[] = header.match(/(W\/)?"[^"]*"/g) ?? [];
  return tags.includes(etag) || (comparison === 'weak' && tags.includes(`W/${etag}`));
}
