import type { IncomingMessage } from 'node:http';

const mostBytes = 64 * 1024;

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** As far as the request says so itself. */
export const isTooLarge = ({ headers }: IncomingMessage): boolean => Number(headers['content-length'] ?? 0) > mostBytes;

/** For a body that does not say how long it is. */
export function limitChunks(req: IncomingMessage, onTooLarge: () => void): void {
  if (req.headers['transfer-encoding'] === undefined) return;
  let bytes = 0;
  req.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > mostBytes) onTooLarge();
  });
}
