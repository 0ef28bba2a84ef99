import { createHmacSigner } from './hmac-signer';
import type { PresentedToken, Session } from './session';

const storedForm = /^([A-Za-z0-9_-]{22})\.([1-9]\d{0,8})\.([A-Za-z0-9_-]{43})$/;
const guestForm = /^guest\.([A-Za-z0-9_-]{1,400})\.([A-Za-z0-9_-]{43})$/;

/** What is signed has a label of its own, so that neither kind of token can pass for the other. */
const toSigned = {
  stored: (sessionId: string, generation: number) => `refresh.${sessionId}.${generation}`,
  guest: (payload: string) => `guest-session.${payload}`,
};

/**
 * A refresh token is the session's id, a generation and their signature, so the same token can be issued again. A guest's first one
 * carries the session itself, so that a guest's session begins without a database.
 */
export function createRefreshTokens(secrets: readonly string[]) {
  const signer = createHmacSigner(secrets);

  return {
    issue: (sessionId: string, generation: number): string =>
      `${sessionId}.${generation}.${signer.sign(toSigned.stored(sessionId, generation))}`,

    issueForGuest(session: Session): string {
      const payload = toPayload(session);
      return `guest.${payload}.${signer.sign(toSigned.guest(payload))}`;
    },

    /** `undefined` unless the token was signed with one of the secrets, and, if it is a guest's first one, has not expired. */
    parse(token: string): PresentedToken | undefined {
      const [, payload, guestMac = ''] = guestForm.exec(token) ?? [];
      if (payload !== undefined) {
        if (!signer.isSigned(toSigned.guest(payload), guestMac)) return undefined;
        const guest = parsePayload(payload);
        return guest.expiresAt > Date.now() ? { sessionId: guest.id, generation: 1, guest } : undefined;
      }
      const [, sessionId = '', digits, mac = ''] = storedForm.exec(token) ?? [];
      const generation = Number(digits);
      return signer.isSigned(toSigned.stored(sessionId, generation), mac) ? { sessionId, generation } : undefined;
    },
  };
}

export type RefreshTokens = ReturnType<typeof createRefreshTokens>;

function toPayload({ id, userId, scopes, apiKeyId, startedAt, expiresAt }: Session): string {
  const fields = [id, userId, scopes, apiKeyId ?? null, startedAt, expiresAt];
  return Buffer.from(JSON.stringify(fields)).toString('base64url');
}

/** Expects a payload whose signature was checked. */
function parsePayload(payload: string): Session {
  const [id, userId, scopes, apiKeyId, startedAt, expiresAt] = JSON.parse(
    Buffer.from(payload, 'base64url').toString(),
  ) as [string, string, string[], string | null, number, number];
  const session = { id, userId, kind: 'guest', scopes, sessionVersion: 0, startedAt, expiresAt } as const;
  return apiKeyId === null ? session : { ...session, apiKeyId };
}
