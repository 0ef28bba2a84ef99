import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { createMessageClasses } from './listen';

async function getResponse(
  options: ReturnType<typeof createMessageClasses>,
  listener: RequestListener,
): Promise<Response> {
  const server = createServer(options, listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    return await fetch(`http://127.0.0.1:${port}/a?b=c`);
  } finally {
    server.close();
  }
}

it('createMessageClasses gives requests and responses the prototypes of the Express app, which then changes none', async () => {
  const app = express();
  app.get('/a', (req, res) => void res.status(201).json({ b: req.query.b, own: req.app === app && res.app === app }));
  const prototypes: unknown[] = [];
  const response = await getResponse(createMessageClasses(app), (...messages) => {
    const look = () => prototypes.push(...messages.map((message) => Object.getPrototypeOf(message) as unknown));
    look();
    app(...messages);
    look();
  });
  expect([response.status, await response.json()]).toEqual([201, { b: 'c', own: true }]);
  expect(prototypes).toHaveLength(4);
  expect(prototypes[2]).toBe(prototypes[0]);
  expect(prototypes[3]).toBe(prototypes[1]);
});

it('createMessageClasses returns nothing for a listener that is not an Express app', () => {
  expect(createMessageClasses(() => undefined)).toEqual({});
});
