import type { IncomingMessage } from 'node:http';
import { ServiceError } from '../problems';

/** RFC 3986, section 3.2.2, without a user name. */
const authority = /^(\[[0-9A-Fa-f:.]+\]|([A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+)(:\d{0,5})?$/;
const absoluteForm = /^https?:\/\/([^/?#]*)(.*)$/i;

/**
 * Headers that may come once alone, as each reader could go by another one of them. Node refuses a second Content-Length; `bearerOf`
 * refuses a second Authorization, as a route that needs none does not read it.
 */
const singletons: ReadonlySet<string> = new Set([
  'host',
  'content-type',
  'origin',
  'idempotency-key',
  'x-api-key',
  'stripe-signature',
]);

/**
 * Keeps the rules of RFC 9110 and 9112 about a request as a whole that Node leaves to the application. Rewrites an absolute target to a path,
 * with its authority as `Host` (RFC 9112, section 3.2.2).
 */
export function validateRequest(req: IncomingMessage): void {
  validateFraming(req);
  validateTarget(req);
  validateHeaders(req);
  validateExpectation(req);
}

function validateFraming({ headers, httpVersion }: IncomingMessage): void {
  if (httpVersion !== '1.1' && httpVersion !== '1.0') {
    throw new ServiceError('version-not-supported', 'VERSION_NOT_SUPPORTED', 'Send the request as HTTP/1.1.');
  }
  const coding = headers['transfer-encoding'];
  if (coding === undefined) return;
  // https://www.rfc-editor.org/rfc/rfc9112#section-6.1
  if (httpVersion === '1.0') throw malformed('HTTP/1.0 has no Transfer-Encoding. Send a Content-Length.');
  const others = coding
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  if (others.pop() !== 'chunked' || others.includes('chunked')) {
    throw malformed('The last transfer coding is chunked, and none before it.');
  }
  if (others.length === 0) return;
  throw new ServiceError('not-implemented', 'UNKNOWN_TRANSFER_CODING', 'The only transfer coding is chunked.');
}

function validateTarget(req: IncomingMessage): void {
  const { url = '', method } = req;
  if (method === 'CONNECT') {
    throw new ServiceError('not-implemented', 'METHOD_NOT_IMPLEMENTED', 'The store is no proxy: it has no CONNECT.');
  }
  if (url.includes('#')) throw malformed('The target of a request has no fragment.');
  if (url.startsWith('/') || (url === '*' && method === 'OPTIONS')) return;
  const [, host = '', path = ''] = absoluteForm.exec(url) ?? [];
  if (!authority.test(host)) throw malformed('The target of the request is not a path.');
  req.headers.host = host;
  req.url = path.startsWith('/') ? path : `/${path}`;
}

function validateHeaders({ headers, rawHeaders, httpVersion }: IncomingMessage): void {
  if (hasRepeatedHeader(headers, rawHeaders)) {
    const seen = new Set<string>();
    for (let n = 0; n < rawHeaders.length; n += 2) {
      const name = rawHeaders[n]?.toLowerCase() ?? '';
      if (singletons.has(name) && seen.has(name)) throw malformed(`Send the header ${name} once.`);
      seen.add(name);
    }
  }
  const { host } = headers;
  if (host === undefined ? httpVersion === '1.1' : !authority.test(host)) {
    throw malformed('Send a Host header with the name of the store.');
  }
}

/** Without a list of all names, as every request is asked this. */
function hasRepeatedHeader(headers: IncomingMessage['headers'], rawHeaders: readonly string[]): boolean {
  let names = 0;
  for (const name in headers) if (name) names += 1;
  return names * 2 < rawHeaders.length;
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1 */
function validateExpectation({ headers: { expect }, httpVersion }: IncomingMessage): void {
  if (expect === undefined || httpVersion === '1.0' || expect.toLowerCase() === '100-continue') return;
  throw new ServiceError('expectation-failed', 'EXPECTATION_FAILED', 'The only expectation is 100-continue.');
}

const malformed = (detail: string) => new ServiceError('invalid', 'BAD_REQUEST', detail);
