import { createHmac, timingSafeEqual } from 'node:crypto';

/** Signs with the first secret, and accepts signatures of all, so that a secret can be replaced without signing anybody out. */
export function createHmacSigner(secrets: readonly string[]) {
  const [current] = secrets;
  if (current === undefined) throw new Error('at least one secret is required');
  const toMac = (secret: string, text: string) => createHmac('sha256', secret).update(text).digest('base64url');

  return {
    sign: (text: string): string => toMac(current, text),
    isSigned: (text: string, mac: string): boolean =>
      secrets.some((secret) => {
        const [expected, given] = [Buffer.from(toMac(secret, text)), Buffer.from(mac)];
        return expected.length === given.length && timingSafeEqual(expected, given);
      }),
  };
}
