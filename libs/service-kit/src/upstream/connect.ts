import { connect, type Socket } from 'node:net';
import type { buildConnector } from 'undici';
import type { Address } from './addresses';

/** No connection was made, so nothing was sent. */
export class ConnectError extends Error {
  override readonly name = 'ConnectError';
  readonly code: string;

  constructor({ host, port }: Address, cause: Error) {
    const { code = 'CONNECT_FAILED', message } = cause as NodeJS.ErrnoException;
    super(`No connection to ${host}:${port}: ${message || code}`, { cause });
    this.code = code;
  }
}

/** Connects within `timeoutMs`; undici's own connector may take a second longer. */
export const createConnector =
  (address: Address, timeoutMs: number): buildConnector.connector =>
  (_options, callback) => {
    const { host, port } = address;
    const socket: Socket = connect({ host, port, noDelay: true, keepAlive: true });
    const timeout = setTimeout(() => socket.destroy(new Error(`not within ${timeoutMs} ms`)), timeoutMs);
    const fail = (error: Error) => {
      clearTimeout(timeout);
      callback(new ConnectError(address, error), null);
    };
    socket.once('error', fail).once('connect', () => {
      clearTimeout(timeout);
      socket.off('error', fail);
      callback(null, socket);
    });
  };
