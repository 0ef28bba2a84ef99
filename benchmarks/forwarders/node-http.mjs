// The gateway's way, bare: without replicas, circuit and retries, which the others have not either.
import { Agent, request } from 'node:http';
import { pipeline } from 'node:stream';
import express from 'express';
import { toClientHeaders, toUpstreamHeaders } from './headers.mjs';

const app = express();
app.disable('x-powered-by');
app.disable('etag');
const agent = new Agent({ keepAlive: true, maxSockets: 512 });
const { hostname: host, port } = new URL(process.env.UPSTREAM);

const pipe = (answer, res) => {
  answer.once('close', () => {
    if (!answer.complete) res.destroy();
  });
  res.once('close', () => answer.destroy());
  answer.on('error', () => res.destroy());
  answer.pipe(res);
};
const passBack = process.argv[2] === 'pipeline' ? (answer, res) => pipeline(answer, res, () => undefined) : pipe;

app.use((req, res) => {
  const headers = toUpstreamHeaders(req);
  const sent = request({ agent, host, port, method: req.method, path: req.url, headers });
  const deadline = setTimeout(() => sent.destroy(), 5000);
  sent.once('response', (answer) => {
    res.writeHead(answer.statusCode, toClientHeaders(answer.headers));
    answer.once('close', () => clearTimeout(deadline));
    passBack(answer, res);
  });
  sent.once('error', () => res.destroy());
  req.pipe(sent);
});
app.listen(Number(process.env.PORT), '127.0.0.1', () => process.send('listening'));
