import type { ClientRequest } from 'node:http';

/**
 * Calls back when a request has its connection, at once where that is one that was kept. Making one may take `timeoutMs`; then
 * the request fails, and nothing of it was sent.
 */
export function whenConnected(sent: ClientRequest, timeoutMs: number, onConnected: () => void): void {
  sent.once('socket', (socket) => {
    if (!socket.connecting) return onConnected();
    const late = setTimeout(() => sent.destroy(new Error(`No connection within ${timeoutMs} ms.`)), timeoutMs);
    sent.once('close', () => clearTimeout(late));
    socket.once('connect', () => {
      clearTimeout(late);
      onConnected();
    });
  });
}
