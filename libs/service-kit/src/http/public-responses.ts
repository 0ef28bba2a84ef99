import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Request, Response } from 'express';
import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';
import { ServiceError } from '../problems';

export interface PublicContent {
  readonly body: string | Buffer;
  /** With its charset, if it is text. */
  readonly type: string;
  /** How long caches may use the response without revalidation. */
  readonly maxAgeSeconds: number;
  /** The content of this path never changes. */
  readonly isImmutable?: boolean;
  /** Compressed bodies from the build. */
  readonly precompressed?: Readonly<Partial<Record<Coding, Buffer>>>;
}

export type SendPublic = (req: Request, res: Response, content: PublicContent) => Promise<void>;

type Coding = 'br' | 'gzip';

const minCompressedBytes = 1024;
const compressible = /^(text\/|application\/json|image\/svg\+xml)/;
const brotliQuality = 5;

const encoders: Readonly<Record<Coding, (bytes: Buffer) => Promise<Buffer>>> = {
  br: (bytes) =>
    promisify(brotliCompress)(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }),
  gzip: (bytes) => promisify(gzip)(bytes),
};

/**
 * Sends content that is the same for every client, with conditions and compression (RFC 9110, sections 8.4, 8.8.3 and 13.1). The ETag depends
 * on the content only, so that all replicas and releases send the same one. A cache keeps compressed bodies.
 */
export function createPublicResponses(): SendPublic {
  const cache = new LRUCache<string, Buffer>({
    max: 500,
    maxSize: 16 * 1024 * 1024,
    sizeCalculation: (bytes) => bytes.length,
  });

  const encode = async (bytes: Buffer, coding: Coding, etag: string): Promise<Buffer> => {
    const known = cache.get(etag);
    if (known) return known;
    const encoded = await encoders[coding](bytes);
    cache.set(etag, encoded);
    return encoded;
  };

  return async (req, res, { body, type, maxAgeSeconds, isImmutable = false, precompressed = {} }) => {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    const coding = compressible.test(type) ? negotiateCoding(req, bytes) : undefined;
    const etag = createEtag(bytes, coding);
    const cacheControl = `public, max-age=${maxAgeSeconds}${isImmutable ? ', immutable' : ''}`;
    res.set({ 'Cache-Control': cacheControl, Vary: 'Accept-Encoding', ETag: etag });
    if (!matches(req.headers['if-match'] ?? '*', etag, 'strong')) {
      throw new ServiceError(
        'precondition-failed',
        'PRECONDITION_FAILED',
        'The ETag of the content is not in If-Match.',
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

function negotiateCoding(req: Request, bytes: Buffer): Coding | undefined {
  if (req.headers['accept-encoding'] === undefined) return undefined;
  const preferred = bytes.length < minCompressedBytes ? ['identity', 'br', 'gzip'] : ['br', 'gzip', 'identity'];
  // The types of negotiator lack the second argument.
  const negotiator = new Negotiator(req) as unknown as {
    encoding(available: string[], options: { preferred: string[] }): string | undefined;
  };
  const chosen = negotiator.encoding(preferred, { preferred });
  return chosen === 'br' || chosen === 'gzip' ? chosen : undefined;
}

function createEtag(bytes: Buffer, coding?: Coding): string {
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
