import type { Response } from 'express';

/** Answers as `res.json` does, without looking up how an app wants it. For the routes that are asked most: docs/performance.md. */
export function sendJson(res: Response, body: unknown, status = 200): void {
  const text = JSON.stringify(body);
  res.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
  });
  res.end(text);
}
