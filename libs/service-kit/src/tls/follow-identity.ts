import type { Logger } from 'pino';
import { followFiles, type FollowedFiles } from '../follow-files';
import { parseIdentity, type Identity } from './certificates';

/** The certificate and key of a server. They change when the files change. */
export interface FollowedIdentity extends FollowedFiles<Identity> {
  /** Each server that uses the identity is called with its new certificate. */
  onChange(use: (identity: Identity) => void): void;
}

export interface IdentityFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** Throws if the files can't be used. Afterwards it logs unusable files and keeps the last good ones. */
export function followIdentity(
  { certificateFile, keyFile }: IdentityFiles,
  log: Pick<Logger, 'info' | 'error'>,
  onCertificate: (expiresAt: Date) => void,
  pollMs?: number,
): FollowedIdentity {
  const users: ((identity: Identity) => void)[] = [];
  const files = followFiles({
    paths: [certificateFile, keyFile],
    parse: ([cert = '', key = '']) => parseIdentity(cert, key),
    report: (err) =>
      log.error({ err }, 'HTTPS_CERTIFICATE_FILE or HTTPS_KEY_FILE is unusable; the last ones stay in use'),
    onChange(identity) {
      for (const use of users) use(identity);
      onCertificate(identity.expiresAt);
      log.info({ expiresAt: identity.expiresAt }, 'new certificate in use');
    },
    pollMs,
  });
  onCertificate(files.current().expiresAt);
  return { ...files, onChange: (use) => void users.push(use) };
}
