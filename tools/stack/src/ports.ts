import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Ports } from './services';

/** Rejects, naming it, when somebody listens on a port already. */
export async function requireFreePort(ports: Ports, name: keyof Ports, host = '127.0.0.1'): Promise<void> {
  const port = ports[name];
  const probe = createServer();
  probe.listen(port, host.replace(/^\[(.*)\]$/, '$1'));
  await once(probe, 'listening').catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'EADDRINUSE' ? 'is already taken' : `cannot be used (${error.code})`;
    throw new Error(`port ${port} (${name}) ${why}; free it, or set ${name.toUpperCase()}_PORT`);
  });
  probe.close();
  await once(probe, 'close');
}
