import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface RewritingProxy {
  readonly url: string;
  /** Ends all connections; clients may connect again. */
  cut(): void;
  close(): void;
}

/**
 * Stands before a Redis and rewrites what it says, to text of the same length: for servers that are not at hand, such as one of an
 * older version or with a clock that jumps.
 */
export async function startRewritingProxy(port: number, rewrite: (text: string) => string): Promise<RewritingProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const redis = connect(port, '127.0.0.1');
    for (const [from, to] of [
      [client, redis],
      [redis, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => undefined);
      from.once('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
    client.pipe(redis);
    redis.on('data', (chunk: Buffer) => client.write(Buffer.from(rewrite(chunk.toString('latin1')), 'latin1')));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => sockets.forEach((socket) => socket.destroy());
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    close() {
      server.close();
      cut();
    },
  };
}
