import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** A device on which a user has signed in to an account before. */
export interface Device {
  readonly id: string;
  readonly accountId: string;
}

const form = /^(u-[A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;

/**
 * Tokens by which a device is known again when a user signs in on it, as in
 * https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
 * They prove no identity. New ones are made with the first secret; those of the others are still known.
 */
export function createDeviceTokens(secrets: readonly string[]) {
  const [current] = secrets;
  if (current === undefined) throw new Error('a secret is needed');
  const macOf = (secret: string, accountId: string, id: string) =>
    createHmac('sha256', secret).update(`device.${accountId}.${id}`).digest();
  return {
    issue(accountId: string): string {
      const id = randomBytes(16).toString('base64url');
      return `${accountId}.${id}.${macOf(current, accountId, id).toString('base64url')}`;
    },
    /** `undefined` unless one of the secrets made this text. */
    parse(text: string): Device | undefined {
      const [, accountId, id, mac] = form.exec(text) ?? [];
      if (accountId === undefined || id === undefined || mac === undefined) return undefined;
      const given = Buffer.from(mac, 'base64url');
      const isKnown = secrets.some((secret) => timingSafeEqual(macOf(secret, accountId, id), given));
      return isKnown ? { id, accountId } : undefined;
    },
  };
}

export type DeviceTokens = ReturnType<typeof createDeviceTokens>;
