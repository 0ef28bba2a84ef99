// Answers as `POST /Cart/Item` and `GET /Cart` do: takes a small JSON body or none, gives about 500 bytes of JSON.
import { createServer } from 'node:http';

const cart = Array.from({ length: 10 }, (_, n) => ({ id: `badger-enamel-mug-${n}`, quantity: n + 1 }));
const answer = Buffer.from(JSON.stringify({ message: 'OK', cart }));
const headers = { 'Content-Type': 'application/json', 'Content-Length': answer.length };

createServer((req, res) => {
  req.resume().once('end', () => res.writeHead(201, headers).end(answer));
}).listen(Number(process.env.PORT), '127.0.0.1', () => process.send('listening'));
