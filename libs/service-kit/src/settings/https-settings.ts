import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { succeeds } from '../succeeds';
import { parseCertificates, parseIdentity, type IdentityFiles } from '../tls/tls';
import { setting } from './kinds';

const certificatesPath = setting.pathOf(
  z.string().refine((text) => succeeds(() => parseCertificates(text)), 'the file must hold PEM certificates'),
);

/** A schema with these settings needs `checkHttpsSettings`. */
export const httpsSettings = {
  HTTPS_PORT: setting.port.optional().meta({
    description:
      'A port for other services over HTTPS, with the routes of `PORT` and of `ADMIN_PORT`. Do not expose it.',
    example: '3443',
  }),
  HTTPS_CERTIFICATE_FILE: certificatesPath.optional().meta({
    description:
      'A PEM file with the certificate and its chain; required with `HTTPS_PORT`. The service reads a changed file within a second.',
    example: '/run/secrets/tls.crt',
  }),
  HTTPS_KEY_FILE: setting.readablePath.optional().meta({
    description:
      "A PEM file with the certificate's key; required with `HTTPS_PORT`. The service reads a changed file within a second.",
    example: '/run/secrets/tls.key',
  }),
  UPSTREAM_TLS_CA_FILE: certificatesPath.optional().meta({
    description:
      'A PEM file with the authorities that `https://` URLs of other services are checked with. The service reads a changed file within a second.',
    absent: "Node's authorities",
    example: '/run/secrets/ca.crt',
  }),
};

type HttpsConfig = { readonly [Name in keyof typeof httpsSettings]?: z.output<(typeof httpsSettings)[Name]> };

export function checkHttpsSettings(config: HttpsConfig, context: z.RefinementCtx): void {
  const refuse = (name: keyof HttpsConfig, message: string) =>
    context.addIssue({ code: 'custom', path: [name], message });
  const { HTTPS_CERTIFICATE_FILE: certificateFile, HTTPS_KEY_FILE: keyFile } = config;
  if (config.HTTPS_PORT === undefined) {
    if (certificateFile) refuse('HTTPS_CERTIFICATE_FILE', 'needs HTTPS_PORT');
    if (keyFile) refuse('HTTPS_KEY_FILE', 'needs HTTPS_PORT');
  } else {
    if (!certificateFile) refuse('HTTPS_CERTIFICATE_FILE', 'must be set together with HTTPS_PORT');
    if (!keyFile) refuse('HTTPS_KEY_FILE', 'must be set together with HTTPS_PORT');
  }
  if (certificateFile && keyFile && !succeeds(() => parseIdentity(read(certificateFile), read(keyFile)))) {
    refuse('HTTPS_KEY_FILE', 'the file must hold the PEM key of the certificate in HTTPS_CERTIFICATE_FILE');
  }
}

/** Undefined without `HTTPS_PORT`. */
export function toIdentityFiles(config: HttpsConfig): Pick<IdentityFiles, 'certificateFile' | 'keyFile'> | undefined {
  const { HTTPS_PORT, HTTPS_CERTIFICATE_FILE: certificateFile, HTTPS_KEY_FILE: keyFile } = config;
  if (HTTPS_PORT === undefined || certificateFile === undefined || keyFile === undefined) return undefined;
  return { certificateFile, keyFile };
}

const read = (path: string) => readFileSync(path, 'utf8');
