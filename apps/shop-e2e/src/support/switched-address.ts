import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface SwitchedAddress {
  readonly url: string;
  /** Closes all connections; new ones go to this address. */
  switchTo(url: string): void;
  close(): Promise<void>;
}

/** An address of a service, whose process changes. */
export async function openSwitchedAddress(): Promise<SwitchedAddress> {
  let port: number | undefined;
  const sockets = new Set<Socket>();
  const keep = (socket: Socket, other: () => Socket) => {
    sockets.add(socket);
    socket.setNoDelay(true).on('error', () => socket.destroy());
    socket.once('close', () => {
      sockets.delete(socket);
      other().destroy();
    });
  };
  const disconnect = () => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((client) => {
    if (port === undefined) return client.destroy();
    const upstream = connect(port, '127.0.0.1');
    keep(client, () => upstream);
    keep(upstream, () => client);
    return client.pipe(upstream).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    switchTo(url) {
      port = Number(new URL(url).port);
      disconnect();
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      disconnect();
      await closed;
    },
  };
}
