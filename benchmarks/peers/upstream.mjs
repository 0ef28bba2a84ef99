// What the proxies forward to: takes a body, looks at none of it, and responds with inventory's bytes.
import { createServer } from 'node:http';

const { status, headers, body } = JSON.parse(process.env.RESPONSE);
const response = Buffer.from(JSON.stringify(body));
const all = { ...headers, 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': response.length };

createServer((req, res) => {
  req.resume().once('end', () => res.writeHead(status, all).end(response));
}).listen(Number(process.env.PORT), '127.0.0.1');
