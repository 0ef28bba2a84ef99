// What the proxies forward to: takes a body, looks at none of it, and answers inventory's bytes.
import { createServer } from 'node:http';

const { status, headers, body } = JSON.parse(process.env.ANSWER);
const answer = Buffer.from(JSON.stringify(body));
const all = { ...headers, 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': answer.length };

createServer((req, res) => {
  req.resume().once('end', () => res.writeHead(status, all).end(answer));
}).listen(Number(process.env.PORT), '127.0.0.1');
