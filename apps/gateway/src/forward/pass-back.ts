import type { IncomingMessage } from 'node:http';
import type { Response } from 'express';
import { toClientHeaders } from './headers';
import { pump } from './pump';

/** Streams an answer to the client, or into nothing where the client is gone. `onEnd` hears when it is over, whole or not. */
export function passBack(answer: IncomingMessage, res: Response, onEnd: () => void): void {
  answer.once('close', onEnd);
  if (res.destroyed) return void answer.resume();
  const headers = toClientHeaders(answer);
  if (headers.vary !== undefined && res.hasHeader('Vary')) {
    res.vary(headers.vary);
    delete headers.vary;
  }
  res.writeHead(answer.statusCode ?? 502, headers);
  // stream.pipeline ends the same, and is slower (decision 0010).
  answer.once('close', () => {
    if (!answer.complete) res.destroy();
  });
  res.once('close', () => answer.destroy());
  answer.on('error', () => res.destroy());
  pump(answer, res);
}
