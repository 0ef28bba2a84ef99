import express from 'express';
import { Pool } from 'undici';
import { toClientHeaders, toUpstreamHeaders } from './headers.mjs';

const app = express();
app.disable('x-powered-by');
app.disable('etag');
const pool = new Pool(process.env.UPSTREAM, { connections: 512, headersTimeout: 5000, bodyTimeout: 5000 });

app.use((req, res) => {
  const headers = toUpstreamHeaders(req);
  const body = req.headers['content-length'] ? req : null;
  pool.stream(
    { method: req.method, path: req.url, headers, body },
    ({ statusCode, headers: answer }) => {
      res.writeHead(statusCode, toClientHeaders(answer));
      return res;
    },
    (error) => error && res.destroy(),
  );
});
app.listen(Number(process.env.PORT), '127.0.0.1', () => process.send('listening'));
