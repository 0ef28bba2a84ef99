// What every contender does to headers, in the same way, and in essence what apps/gateway/src/forward/headers.ts does.
const hopByHop = new Set(
  'connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding upgrade'.split(
    ' ',
  ),
);
const ours = /^(x-forwarded-.*|forwarded|x-real-ip|x-user.*|x-request-id|x-api-key|x-internal-.*|cookie|host|expect)$/;

export function toUpstreamHeaders(req) {
  const headers = {};
  for (const name in req.headers) if (!hopByHop.has(name) && !ours.test(name)) headers[name] = req.headers[name];
  headers['x-forwarded-for'] = req.ip;
  headers['x-forwarded-host'] = req.host;
  headers['x-forwarded-proto'] = req.protocol;
  headers['x-request-id'] = 'benchmark';
  return headers;
}

export function toClientHeaders(answer) {
  const headers = {};
  for (const name in answer) if (!hopByHop.has(name)) headers[name] = answer[name];
  return headers;
}
