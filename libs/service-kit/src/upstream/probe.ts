import { get } from 'node:http';
import type { Address } from './addresses';
import { ConnectError } from './exchange';
import { openSocket, type SocketOptions } from './open-socket';

/**
 * `hung`: the machine replies, and the program does not. A connection that is refused counts as hung too: a program that drains accepts none, and
 * responds to the requests in flight. Those of a program that ended are closed by its machine.
 */
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
