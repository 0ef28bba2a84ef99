import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { ensureDevelopmentFile } from '@badger-store/service-kit';

/** Makes the key with which userTokens are signed in development, once; tokens stay valid over restarts. */
export function ensureDevelopmentKey(path: string): Promise<void> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return ensureDevelopmentFile(path, String(privateKey.export({ type: 'pkcs8', format: 'pem' })));
}

/** Makes a secret for development, once. */
export const ensureDevelopmentSecret = (path: string): Promise<void> =>
  ensureDevelopmentFile(path, `${randomBytes(32).toString('base64url')}\n`);
