import { randomBytes } from 'node:crypto';
import { createHmacSigner } from './hmac-signer';

/** A device on which a user has signed in to an account before. */
export interface Device {
  readonly id: string;
  readonly accountId: string;
}

const form = /^(u-[A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;

/** Mark known devices, and identify no user: https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies */
export function createDeviceTokens(secrets: readonly string[]) {
  const signer = createHmacSigner(secrets);
  const toSigned = (accountId: string, id: string) => `device.${accountId}.${id}`;

  return {
    issue(accountId: string): string {
      const id = randomBytes(16).toString('base64url');
      return `${accountId}.${id}.${signer.sign(toSigned(accountId, id))}`;
    },
    /** `undefined` unless the token was signed with one of the secrets. */
    parse(token: string): Device | undefined {
      const [, accountId = '', id = '', mac = ''] = form.exec(token) ?? [];
      return signer.isSigned(toSigned(accountId, id), mac) ? { id, accountId } : undefined;
    },
  };
}

export type DeviceTokens = ReturnType<typeof createDeviceTokens>;
