import { get } from 'node:http';
import type { Address } from './addresses';
import { ConnectError } from './exchange';
import { openSocket, type SocketOptions } from './open-socket';

/** `hung`: a connection was made, but no response came. */
export type Probed = 'alive' | 'hung' | 'unreachable';

export interface ProbeOptions extends SocketOptions {
  readonly responseMs: number;
}

/** Requests `/livez` over a new connection. A response of any status is a sign of life. */
export function probe(address: Address, { responseMs, ...options }: ProbeOptions): Promise<Probed> {
  return new Promise((resolve) => {
    openSocket(address, options, (error, socket) => {
      if (!socket) return resolve(error instanceof ConnectError && !error.isReachable ? 'unreachable' : 'hung');
      const request = get({ createConnection: () => socket, path: '/livez', headers: { host: address.authority } });
      const end = (result: Probed) => {
        clearTimeout(timer);
        resolve(result);
        request.destroy();
      };
      const timer = setTimeout(() => end('hung'), responseMs);
      request.once('response', () => end('alive')).on('error', () => end('hung'));
    });
  });
}
