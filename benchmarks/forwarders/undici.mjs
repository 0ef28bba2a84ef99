import express from 'express';
import { Pool } from 'undici';

const app = express();
app.disable('x-powered-by');
app.disable('etag');
const pool = new Pool(process.env.UPSTREAM, { connections: 128, headersTimeout: 5000, bodyTimeout: 5000 });

app.use((req, res) => {
  const { connection: _, host: __, 'content-length': length, ...kept } = req.headers;
  const headers = { ...kept, 'x-forwarded-for': req.ip, ...(length ? { 'content-length': length } : {}) };
  pool.stream(
    { method: req.method, path: req.url, headers, body: req },
    ({ statusCode, headers: answer }) => {
      const { connection: ___, 'keep-alive': ____, ...back } = answer;
      res.writeHead(statusCode, back);
      return res;
    },
    (error) => error && res.destroy(),
  );
});
app.listen(Number(process.env.PORT), '127.0.0.1', () => process.send('listening'));
