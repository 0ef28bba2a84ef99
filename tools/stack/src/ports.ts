import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Ports } from './services';

/** Rejects, naming the first port that somebody listens on already. */
export async function requireFreePorts(ports: Ports, names: readonly (keyof Ports)[]): Promise<void> {
  for (const name of names) {
    const port = ports[name];
    const probe = createServer();
    probe.listen(port, '127.0.0.1');
    await once(probe, 'listening').catch((error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'is already taken' : `cannot be used (${error.code})`;
      throw new Error(`port ${port} (${name}) ${why}; free it, or set ${name.toUpperCase()}_PORT`);
    });
    probe.close();
    await once(probe, 'close');
  }
}
