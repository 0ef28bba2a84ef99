import type { IncomingMessage } from 'node:http';
import { traceHeaders, type Headers } from '@badger-store/service-kit';
import type { Request } from 'express';
import { getClientAddress } from '../client-address';

/** https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
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

/** Services trust these, so a client may not set them. */
const reserved =
  /^(x-forwarded-.*|forwarded|x-real-ip|x-user.*|x-request-id|x-api-key|x-internal-.*|traceparent|tracestate|baggage|cookie|host|expect)$/;

/** Builds no intermediate arrays: every forwarded request and response passes here. */
function toEndToEnd(headers: Headers, isDropped: (name: string) => boolean = () => false): Headers {
  const connection = String(headers.connection ?? '');
  const isUsual = connection === '' || connection === 'keep-alive' || connection === 'close';
  const named = isUsual ? [] : connection.split(',').map((name) => name.trim().toLowerCase());
  const endToEnd: Headers = {};
  for (const name in headers) {
    if (!hopByHop.has(name) && !named.includes(name) && !isDropped(name)) endToEnd[name] = headers[name];
  }
  return endToEnd;
}

export function toUpstreamHeaders(req: Request, requestId: string, bodyBytes = 0): Headers {
  return Object.assign(
    toEndToEnd(req.headers, (name) => reserved.test(name)),
    framing(req, bodyBytes),
    {
      'x-forwarded-for': getClientAddress(req),
      'x-forwarded-host': req.host ?? '',
      'x-forwarded-proto': req.protocol,
      'x-request-id': requestId,
    },
    traceHeaders(),
  );
}

/** The body was read whole, so its length replaces the client's framing. */
function framing({ method }: IncomingMessage, bodyBytes: number): Headers {
  if (bodyBytes === 0 && (method === 'GET' || method === 'HEAD')) return {};
  return { 'content-length': String(bodyBytes) };
}

export const toClientHeaders = (headers: Headers): Headers => toEndToEnd(headers);
