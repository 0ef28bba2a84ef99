// The gateway's way, bare: node:http, streams both ways, the header rules that the others have as well.
import { Agent, request } from 'node:http';
import express from 'express';

const app = express();
app.disable('x-powered-by');
app.disable('etag');
const agent = new Agent({ keepAlive: true, maxSockets: 512 });
const { hostname: host, port } = new URL(process.env.UPSTREAM);

app.use((req, res) => {
  const { connection: _, ...kept } = req.headers;
  const headers = { ...kept, 'x-forwarded-for': req.ip };
  const sent = request({ agent, host, port, method: req.method, path: req.url, headers });
  const deadline = setTimeout(() => sent.destroy(), 5000);
  sent.once('response', (answer) => {
    const { connection: __, 'keep-alive': ___, ...back } = answer.headers;
    res.writeHead(answer.statusCode, back);
    answer.pipe(res);
    answer.once('close', () => clearTimeout(deadline));
  });
  sent.once('error', () => res.destroy());
  req.pipe(sent);
});
app.listen(Number(process.env.PORT), '127.0.0.1', () => process.send('listening'));
