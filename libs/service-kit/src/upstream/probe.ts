import { get } from 'node:http';
import type { Address } from './addresses';

/** `hung`: a connection was made, but no response came. */
export type Probed = 'alive' | 'hung' | 'unreachable';

export interface ProbeLimits {
  readonly connectMs: number;
  readonly responseMs: number;
}

/** Requests `/livez` over a new connection. A response of any status is a sign of life. */
export function probe({ host, port, authority }: Address, { connectMs, responseMs }: ProbeLimits): Promise<Probed> {
  return new Promise((resolve) => {
    let failure: Probed = 'unreachable';
    const request = get({ host, port, path: '/livez', agent: false, headers: { host: authority } });
    const end = (result: Probed) => {
      clearTimeout(timer);
      resolve(result);
      request.destroy();
    };
    let timer = setTimeout(() => end(failure), connectMs);
    request.once('socket', (socket) => {
      socket.once('connect', () => {
        failure = 'hung';
        clearTimeout(timer);
        timer = setTimeout(() => end(failure), responseMs);
      });
    });
    request.once('response', () => end('alive')).on('error', () => end(failure));
  });
}
