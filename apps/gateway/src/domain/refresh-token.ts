import { createHmac, timingSafeEqual } from 'node:crypto';
import type { PresentedToken, Session } from './session';

const storedForm = /^([A-Za-z0-9_-]{22})\.([1-9]\d{0,8})\.([A-Za-z0-9_-]{43})$/;
const guestForm = /^guest\.([A-Za-z0-9_-]{1,400})\.([A-Za-z0-9_-]{43})$/;
type GuestFields = [
  id: string,
  userId: string,
  scopes: string[],
  apiKeyId: string | null,
  startedAt: number,
  expiresAt: number,
];

/**
 * Makes refresh tokens from a secret, the session's id and a number, so that a successor can be made again. A guest's first one
 * carries the session itself, so that beginning as a guest needs no database. New tokens are made with the first secret; those of the
 * others are still valid, for a change of secrets without signing anybody out.
 */
export function createRefreshTokens(secrets: readonly string[]) {
  const [current] = secrets;
  if (current === undefined) throw new Error('a secret is needed');
  const isMadeHere = (text: string, make: (secret: string) => string) =>
    secrets.some((secret) => {
      const [left, right] = [Buffer.from(make(secret)), Buffer.from(text)];
      return left.length === right.length && timingSafeEqual(left, right);
    });

  return {
    make: (sessionId: string, generation: number): string => storedToken(current, sessionId, generation),

    makeForGuest({ id, userId, scopes, apiKeyId, startedAt, expiresAt }: Session): string {
      const fields = [id, userId, scopes, apiKeyId ?? null, startedAt, expiresAt];
      return guestToken(current, Buffer.from(JSON.stringify(fields)).toString('base64url'));
    },

    /** `undefined` unless one of the secrets made this text, and, of a guest's first token, it has not expired. */
    parse(text: string): PresentedToken | undefined {
      const [, payload] = guestForm.exec(text) ?? [];
      if (payload !== undefined) {
        if (!isMadeHere(text, (secret) => guestToken(secret, payload))) return undefined;
        const guest = readGuest(payload);
        return guest.expiresAt > Date.now() ? { sessionId: guest.id, generation: 1, guest } : undefined;
      }
      const [, sessionId = '', generation] = storedForm.exec(text) ?? [];
      const token = { sessionId, generation: Number(generation) };
      return isMadeHere(text, (secret) => storedToken(secret, token.sessionId, token.generation)) ? token : undefined;
    },
  };
}

export type RefreshTokens = ReturnType<typeof createRefreshTokens>;

function storedToken(secret: string, sessionId: string, generation: number): string {
  const mac = createHmac('sha256', secret).update(`refresh.${sessionId}.${generation}`).digest('base64url');
  return `${sessionId}.${generation}.${mac}`;
}

/** Authenticated under a label of its own, so that neither kind of token can pass for the other. */
function guestToken(secret: string, payload: string): string {
  return `guest.${payload}.${createHmac('sha256', secret).update(`guest-session.${payload}`).digest('base64url')}`;
}

/** Of a payload that was authenticated, so it is as `makeForGuest` wrote it. */
function readGuest(payload: string): Session {
  const [id, userId, scopes, apiKeyId, startedAt, expiresAt] = JSON.parse(
    Buffer.from(payload, 'base64url').toString(),
  ) as GuestFields;
  const session = { id, userId, kind: 'guest', scopes, sessionVersion: 0, startedAt, expiresAt } as const;
  return apiKeyId === null ? session : { ...session, apiKeyId };
}
