import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface Proxy {
  readonly url: string;
  /** Holds every reply back for this long. */
  delayMs: number;
  /** Passes on half of the next reply on each connection and cuts the connection. */
  cutsReplies: boolean;
  stop(): Promise<void>;
}

/** Stands between a client and a Redis, and does to the replies what a bad network would. */
export async function startProxy(targetPort: number): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    return socket;
  };
  const server = createServer((client) => {
    keep(client);
    const target = keep(connect(targetPort, '127.0.0.1'));
    client.pipe(target);
    client.once('close', () => target.destroy());
    target.once('close', () => client.destroy());
    target.on('data', (reply: Buffer) => {
      if (proxy.cutsReplies) client.end(reply.subarray(0, reply.length >> 1));
      else if (proxy.delayMs > 0) setTimeout(() => client.write(reply), proxy.delayMs);
      else client.write(reply);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const proxy: Proxy = {
    url: `redis://127.0.0.1:${port}`,
    delayMs: 0,
    cutsReplies: false,
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}
