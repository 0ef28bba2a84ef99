// (d) For the gateway: http-proxy-middleware with connections that are kept, on bare Express, with nothing else switched on.
import { Agent } from 'node:http';
import express from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';

const app = express();
app.use(createProxyMiddleware({ target: process.env.UPSTREAM, agent: new Agent({ keepAlive: true }) }));
app.listen(Number(process.env.PORT), '127.0.0.1');
