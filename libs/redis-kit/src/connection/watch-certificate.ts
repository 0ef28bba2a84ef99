import type { Socket } from 'node:net';
import { connect, TLSSocket } from 'node:tls';
import type { Credentials } from './credentials';

const hourMs = 3_600_000;
const timeoutMs = 2000;

/**
 * Calls back with the end of the certificate of a connection's server: at once, and then every hour, over a new connection. A server can take a
 * renewed certificate while its connections stay. Does nothing without TLS. Returns a function that stops it.
 */
export function watchCertificate(
  stream: Socket,
  credentials: () => Credentials,
  onCertificate: (expiresAt: Date) => void,
  everyMs = hourMs,
): () => void {
  if (!(stream instanceof TLSSocket)) return () => undefined;
  const report = (socket: TLSSocket) => onCertificate(new Date(socket.getPeerCertificate().valid_to));
  report(stream);
  const { remoteAddress: host, remotePort: port = 0, servername } = stream as TLSSocket & { servername?: string };

  const check = () => {
    if (host === undefined) return;
    try {
      // The certificate is only read, and nothing is sent.
      const socket = connect({ ...credentials().tls, host, port, servername, rejectUnauthorized: false });
      socket.setTimeout(timeoutMs, () => socket.destroy());
      socket
        .on('error', () => undefined)
        .once('secureConnect', () => {
          report(socket);
          socket.destroy();
        });
    } catch {
      // A file cannot be read at the moment; a new connection reports that.
    }
  };
  const timer = setInterval(check, everyMs).unref();
  return () => clearInterval(timer);
}
