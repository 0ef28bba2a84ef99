import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { RequestListener, Server, ServerOptions } from 'node:http';
import { createServer } from 'node:https';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { Logger } from 'pino';
import { followFiles, type FollowedFiles } from '../follow-files';

/** What every TLS server and client of a service has in common. */
export const tlsOptions = { minVersion: 'TLSv1.2' } as const;

/** What a server shows to its clients, in PEM format. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
  readonly expiresAt: Date;
}

const maxCertificates = 100;
const pemCertificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Throws if the text holds no certificate, or one that is malformed: OpenSSL would skip it silently. */
export function parseCertificates(pem: string): X509Certificate[] {
  const found = (pem.match(pemCertificate) ?? []).slice(0, maxCertificates);
  if (found.length === 0) throw new Error('The file holds no PEM certificate.');
  return found.map((text) => new X509Certificate(text));
}

/** Throws if the key is not the key of the first certificate: OpenSSL would then show no certificate. */
export function parseIdentity(cert: string, key: string): Identity {
  const [own] = parseCertificates(cert);
  if (!own?.checkPrivateKey(createPrivateKey(key))) throw new Error('The key is not the key of the certificate.');
  return { cert, key, expiresAt: new Date(own.validTo) };
}

/** The certificate and key of a server, whose files can change. */
export interface IdentityFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
  /** Called at the start and after each change, with the end of the certificate. */
  onCertificate(expiresAt: Date): void;
  readonly pollMs?: number;
}

/** Throws if the files can't be used. Afterwards it logs unusable files and keeps the last good ones. */
export function createHttpsServer(
  options: ServerOptions,
  listener: RequestListener,
  { certificateFile, keyFile, onCertificate, pollMs }: IdentityFiles,
  log: Pick<Logger, 'info' | 'error'>,
): Server {
  const files = followFiles({
    paths: [certificateFile, keyFile],
    parse: ([cert = '', key = '']) => parseIdentity(cert, key),
    report: (err) =>
      log.error({ err }, 'HTTPS_CERTIFICATE_FILE or HTTPS_KEY_FILE is unusable; the last ones stay in use'),
    onChange({ cert, key, expiresAt }) {
      server.setSecureContext({ ...tlsOptions, cert, key });
      onCertificate(expiresAt);
      log.info({ expiresAt }, 'new certificate in use');
    },
    pollMs,
  });
  const { cert, key, expiresAt } = files.current();
  onCertificate(expiresAt);
  const tls = { ...tlsOptions, cert, key, handshakeTimeout: options.headersTimeout };
  const server = createServer({ ...options, ...tls }, listener);
  return server.once('close', files.close);
}

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
