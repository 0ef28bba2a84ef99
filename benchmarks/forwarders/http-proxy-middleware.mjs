import { Agent } from 'node:http';
import express from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { toClientHeaders, toUpstreamHeaders } from './headers.mjs';

const app = express();
app.disable('x-powered-by');
app.disable('etag');
const agent = new Agent({ keepAlive: true, maxSockets: 512 });
const proxy = createProxyMiddleware({
  target: process.env.UPSTREAM,
  agent,
  proxyTimeout: 5000,
  on: { proxyRes: (answer) => void (answer.headers = toClientHeaders(answer.headers)) },
});
app.use((req, res, next) => {
  req.headers = toUpstreamHeaders(req);
  return proxy(req, res, next);
});
app.listen(Number(process.env.PORT), '127.0.0.1', () => process.send('listening'));
