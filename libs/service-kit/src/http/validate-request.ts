import type { IncomingMessage } from 'node:http';
import { ServiceError } from '../problems';

/** RFC 3986, section 3.2.2, without a user name. */
const authority = /^(\[[0-9A-Fa-f:.]+\]|([A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+)(:\d{0,5})?$/;
const absoluteForm = /^https?:\/\/([^/?#]*)(.*)$/i;

/**
 * Two programs can read different values of a repeated header. Node refuses a second Content-Length, and `getBearerToken` a second
 * Authorization.
 */
const singletons = ['host', 'content-type', 'origin', 'idempotency-key', 'x-api-key', 'stripe-signature'];

/**
 * Checks the rules of RFC 9110 and 9112 that Node does not check. Rewrites an absolute target to a path, and sets `Host` to its authority
 * (RFC 9112, section 3.2.2).
 */
export function validateRequest(req: IncomingMessage): void {
  validateFraming(req);
  refuseRepeatedHeaders(req);
  validateTarget(req);
  validateHost(req);
  validateExpectation(req);
}

function validateFraming({ headers, httpVersion }: IncomingMessage): void {
  if (httpVersion !== '1.1' && httpVersion !== '1.0') {
    throw new ServiceError('version-not-supported', 'VERSION_NOT_SUPPORTED', 'Send the request as HTTP/1.1.');
  }
  const coding = headers['transfer-encoding'];
  if (coding === undefined) return;
  // https://www.rfc-editor.org/rfc/rfc9112#section-6.1
  if (httpVersion === '1.0') throw malformed('HTTP/1.0 does not support Transfer-Encoding. Send a Content-Length.');
  const others = coding
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  if (others.pop() !== 'chunked' || others.includes('chunked')) {
    throw malformed('The last transfer coding has to be chunked, and no other one.');
  }
  if (others.length === 0) return;
  throw new ServiceError(
    'not-implemented',
    'UNKNOWN_TRANSFER_CODING',
    'The only supported transfer coding is chunked.',
  );
}

function refuseRepeatedHeaders(req: IncomingMessage): void {
  // Most requests repeat no header. `headersDistinct` is a second object with all headers.
  if (Object.keys(req.headers).length * 2 === req.rawHeaders.length) return;
  const repeated = singletons.find((name) => (req.headersDistinct[name]?.length ?? 0) > 1);
  if (repeated !== undefined) throw malformed(`Send the header ${repeated} once.`);
}

function validateTarget(req: IncomingMessage): void {
  const { url = '', method } = req;
  if (url.includes('#')) throw malformed('The target of the request must not contain a fragment.');
  if (url.startsWith('/') || (url === '*' && method === 'OPTIONS')) return;
  const [, host = '', path = ''] = absoluteForm.exec(url) ?? [];
  if (!authority.test(host)) throw malformed('The target of the request must be a path.');
  req.headers.host = host;
  req.url = path.startsWith('/') ? path : `/${path}`;
}

function validateHost({ headers: { host }, httpVersion }: IncomingMessage): void {
  if (host === undefined ? httpVersion === '1.1' : !authority.test(host)) {
    throw malformed('Send a valid Host header.');
  }
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1 */
function validateExpectation({ headers: { expect }, httpVersion }: IncomingMessage): void {
  if (expect === undefined || httpVersion === '1.0' || expect.toLowerCase() === '100-continue') return;
  throw new ServiceError('expectation-failed', 'EXPECTATION_FAILED', 'The only supported expectation is 100-continue.');
}

const malformed = (detail: string) => new ServiceError('invalid', 'BAD_REQUEST', detail);
