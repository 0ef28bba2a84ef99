import type { IncomingMessage } from 'node:http';
import { traceHeaders, type Headers } from '@badger-store/service-kit';
import type { Request } from 'express';
import { addressOf } from '../client-address';

/** They speak of one connection, not of the message: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Only this gateway may say these to a service, or nobody. */
const ours =
  /^(x-forwarded-.*|forwarded|x-real-ip|x-user.*|x-request-id|x-api-key|x-internal-.*|traceparent|tracestate|baggage|cookie|host|expect)$/;

/** In one pass, for every forwarded request and answer goes through here. */
function kept(headers: Headers, isDropped: (name: string) => boolean = () => false): Headers {
  const connection = String(headers.connection ?? '');
  const isPlain = connection === '' || connection === 'keep-alive' || connection === 'close';
  const named = isPlain ? [] : connection.split(',').map((name) => name.trim().toLowerCase());
  const left: Headers = {};
  for (const name in headers) {
    if (!hopByHop.has(name) && !named.includes(name) && !isDropped(name)) left[name] = headers[name];
  }
  return left;
}

/** What the request says of its client is Express's to judge, by the number of proxies that are trusted. */
export function toUpstreamHeaders(req: Request, requestId: string, bodyBytes = 0): Headers {
  return Object.assign(
    kept(req.headers, (name) => ours.test(name)),
    framing(req, bodyBytes),
    {
      'x-forwarded-for': addressOf(req),
      'x-forwarded-host': req.host ?? '',
      'x-forwarded-proto': req.protocol,
      'x-request-id': requestId,
    },
    traceHeaders(),
  );
}

/** The body has been read whole, so where it ends is always said by its length, whatever the client said. */
function framing({ method }: IncomingMessage, bodyBytes: number): Headers {
  if (bodyBytes === 0 && (method === 'GET' || method === 'HEAD')) return {};
  return { 'content-length': String(bodyBytes) };
}

export const toClientHeaders = (headers: Headers): Headers => kept(headers);
