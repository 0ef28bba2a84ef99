import { Agent, request, type IncomingMessage, type RequestOptions } from 'node:http';
import type { Socket } from 'node:net';

export interface Asked {
  /** Of all responses, heads and bodies. */
  readonly bytesReceived: number;
}

/** Sends the same request so many times, one after the other, over one connection. Rejects at the first response that is not 2xx. */
export async function askOverOneConnection(
  url: string,
  options: RequestOptions & { readonly body?: string },
  times: number,
): Promise<Asked> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let socket: Socket | undefined;
  const ask = () =>
    new Promise<void>((resolve, reject) => {
      const sent = request(url, { ...options, agent }, (res: IncomingMessage) => {
        res.resume().once('error', reject);
        const isFine = res.statusCode !== undefined && res.statusCode >= 200 && res.statusCode < 300;
        res.once('end', () => (isFine ? resolve() : reject(new Error(`response ${res.statusCode}`))));
      });
      sent.once('socket', (itsSocket) => (socket = itsSocket));
      sent.once('error', reject).end(options.body);
    });
  try {
    for (let n = 0; n < times; n += 1) await ask();
    return { bytesReceived: socket?.bytesRead ?? 0 };
  } finally {
    agent.destroy();
  }
}
