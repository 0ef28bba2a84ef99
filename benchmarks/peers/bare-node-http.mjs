// (d) The floor below the floor: node:http that parses the body and answers the bytes that inventory answers. It keeps no cart.
import { createServer } from 'node:http';

const { status, headers, body } = JSON.parse(process.env.ANSWER);

createServer((req, res) => {
  const chunks = [];
  req.on('data', (chunk) => chunks.push(chunk));
  req.on('end', () => {
    const { id } = JSON.parse(Buffer.concat(chunks).toString());
    if (typeof id !== 'string') return res.writeHead(400).end();
    const answer = JSON.stringify(body);
    const length = Buffer.byteLength(answer);
    res.writeHead(status, {
      ...headers,
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': length,
    });
    res.end(answer);
  });
}).listen(Number(process.env.PORT), '127.0.0.1');
