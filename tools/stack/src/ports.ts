import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Ports } from './services';

/** Rejects if the port is in use; the message names the port and its setting. */
export async function requireFreePort(ports: Ports, name: keyof Ports, host = '127.0.0.1'): Promise<void> {
  const port = ports[name];
  const probe = createServer();
  probe.listen(port, host.replace(/^\[(.*)\]$/, '$1'));
  await once(probe, 'listening').catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be used (${error.code})`;
    throw new Error(`port ${port} (${name}) ${why}; free it, or set ${name.toUpperCase()}_PORT`);
  });
  probe.close();
  await once(probe, 'close');
}
