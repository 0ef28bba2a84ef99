import { createSecureContext, type SecureContext } from 'node:tls';
import type { Logger } from 'pino';
import { followFiles, type FollowedFiles } from '../follow-files';
import { parseCertificates, tlsOptions } from './certificates';

/** How a client of https servers checks them. */
export interface TlsClient {
  /** Called for each new connection. A context is costly to create. */
  secureContext(): SecureContext;
  /** Called for each new connection, with the time until which the server's certificate is valid. */
  onCertificate(expiresAt: Date): void;
}

/** Trusts the authorities in the file, read again when it changes, or those of Node. Throws if the file can't be used. */
export function followTrust(
  caFile: string | undefined,
  log: Pick<Logger, 'error'>,
  pollMs?: number,
): FollowedFiles<SecureContext> {
  if (caFile === undefined) {
    let context: SecureContext | undefined;
    return { current: () => (context ??= createSecureContext(tlsOptions)), close: () => undefined };
  }
  return followFiles({
    paths: [caFile],
    parse: ([text = '']) => {
      const ca = parseCertificates(text).map(String);
      return createSecureContext({ ...tlsOptions, ca });
    },
    report: (err) => log.error({ err }, 'UPSTREAM_TLS_CA_FILE is unusable; the last one stays in use'),
    pollMs,
  });
}
