import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Request } from 'express';

/** They speak of one connection, not of the message: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** Only this gateway may say these to a service, or nobody. */
const ours = /^(x-forwarded-.*|forwarded|x-real-ip|x-user.*|x-request-id|x-api-key|x-internal-.*|cookie|host|expect)$/;

function withoutHopByHop(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const named = String(headers.connection ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase());
  const dropped = new Set([...hopByHop, ...named]);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.has(name)));
}

/** What the request says of its client is Express's to judge, by the number of proxies that are trusted. */
export function toUpstreamHeaders(req: Request, requestId: string): IncomingHttpHeaders {
  const kept = Object.entries(withoutHopByHop(req.headers)).filter(([name]) => !ours.test(name));
  return {
    ...Object.fromEntries(kept),
    ...framing(req),
    'x-forwarded-for': req.ip ?? '',
    'x-forwarded-host': req.host ?? '',
    'x-forwarded-proto': req.protocol,
    'x-request-id': requestId,
  };
}

/** Where a body ends is said anew, always, even if `Connection` names it, so that both sides of this hop agree on it. */
function framing({ headers, method }: IncomingMessage): IncomingHttpHeaders {
  if (headers['transfer-encoding'] !== undefined) return { 'transfer-encoding': 'chunked' };
  if (headers['content-length'] !== undefined) return { 'content-length': headers['content-length'] };
  return method === 'GET' || method === 'HEAD' ? {} : { 'content-length': '0' };
}

export const toClientHeaders = (answer: IncomingMessage): IncomingHttpHeaders => withoutHopByHop(answer.headers);
