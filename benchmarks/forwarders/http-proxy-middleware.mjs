import { Agent } from 'node:http';
import express from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';

const app = express();
app.disable('x-powered-by');
app.disable('etag');
const agent = new Agent({ keepAlive: true, maxSockets: 512 });
app.use(createProxyMiddleware({ target: process.env.UPSTREAM, agent, xfwd: true, proxyTimeout: 5000 }));
app.listen(Number(process.env.PORT), '127.0.0.1', () => process.send('listening'));
