import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Certificates } from './certificates';

export interface LocalServer {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1, and nowhere else; with an identity over HTTPS. */
export async function serveLocally(listener: RequestListener, identity?: Certificates['server']): Promise<LocalServer> {
  const server = identity
    ? createTlsServer({ cert: readFileSync(identity.certFile), key: readFileSync(identity.keyFile) }, listener)
    : createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return {
    url: `${identity ? 'https' : 'http'}://127.0.0.1:${address.port}`,
    port: address.port,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
