import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import type { buildConnector } from 'undici';
import type { TlsClient } from '../tls/tls';
import type { Address } from './addresses';
import { ConnectError } from './exchange';

export interface SocketOptions {
  readonly connectMs: number;
  readonly tls?: TlsClient;
}

/** The server's program takes part in a handshake, so this is above a usual pause of the garbage collection or of a throttled CPU. */
const handshakeMs = 700;

/** Calls back with a connection, or with a `ConnectError`. undici's own connector can exceed its time-out by a second. */
export function openSocket(
  address: Address,
  { connectMs, tls }: SocketOptions,
  callback: buildConnector.Callback,
): void {
  const socket = createSocket(address, tls);
  let isConnected = false;
  let timer = startTimer(connectMs, () => !isConnected);
  const fail = (error: NodeJS.ErrnoException) => {
    clearTimeout(timer);
    callback(new ConnectError(address, error, isConnected || error.code === 'ECONNREFUSED'), null);
  };
  const succeed = () => {
    clearTimeout(timer);
    socket.off('error', fail);
    callback(null, socket);
  };
  socket.once('error', fail).once('connect', () => {
    isConnected = true;
    socket.setNoDelay(true).setKeepAlive(true);
    if (!(socket instanceof TLSSocket)) return succeed();
    clearTimeout(timer);
    let isSecure = false;
    timer = startTimer(handshakeMs, () => !isSecure);
    socket.once('secureConnect', () => {
      isSecure = true;
      tls?.onCertificate(new Date(socket.getPeerCertificate().valid_to));
      succeed();
    });
  });

  function startTimer(ms: number, isLate: () => boolean): NodeJS.Timeout {
    const giveUp = () => {
      if (isLate()) socket.destroy(new Error(`not within ${ms} ms`));
    };
    // Node runs timers before it reads events. After the process was held up, the connection may have been made.
    return setTimeout(() => setImmediate(giveUp), ms);
  }
}

/** A connection to the address of a pod checks the name in the URL. It resumes no session, so that each checks the certificate. */
function createSocket({ host, port, serverName }: Address, tls: TlsClient | undefined): Socket {
  if (serverName === undefined) return connect({ host, port });
  const servername = isIP(serverName) === 0 ? serverName : undefined;
  return connectTls({ host, port, servername, secureContext: tls?.secureContext(), rejectUnauthorized: true });
}
