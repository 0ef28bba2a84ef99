import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const probeEveryMs = 100;

/**
 * One address for replicas of a service, as a Kubernetes Service is: every new connection goes to the next replica that says it is ready,
 * and stays there. Nothing is tried again for the client.
 */
export async function openServiceAddress(
  replicas: readonly string[],
): Promise<{ url: string; close(): Promise<void> }> {
  let ready: readonly string[] = [];
  let turn = 0;
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.setNoDelay(true).once('close', () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((client) => {
    keep(client);
    const replica = ready[turn++ % ready.length];
    if (replica === undefined) return client.destroy();
    const upstream = keep(connect(Number(new URL(replica).port), '127.0.0.1'));
    client.on('error', () => upstream.destroy()).on('close', () => upstream.destroy());
    upstream.on('error', () => client.resetAndDestroy()).on('close', () => client.destroySoon());
    return client.pipe(upstream).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  let open = true;
  const probing = (async () => {
    while (open) {
      const responses = await Promise.all(replicas.map(isReady));
      ready = replicas.filter((_, n) => responses[n]);
      await sleep(probeEveryMs);
    }
  })();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      open = false;
      await probing;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function isReady(replica: string): Promise<boolean> {
  try {
    return (await fetch(`${replica}/readyz`, { signal: AbortSignal.timeout(1000) })).ok;
  } catch {
    return false;
  }
}
