import { createPrivateKey, X509Certificate } from 'node:crypto';

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
