export const scopes = ['cart', 'orders:read', 'checkout'] as const;
export type Scope = (typeof scopes)[number];

/** The guest or user of an access token. */
export interface User {
  /** Stable; also the id of the cart. */
  readonly id: string;
  readonly kind: 'guest' | 'user';
  readonly sessionId: string;
  readonly scopes: ReadonlySet<string>;
  /** A password change or a sign-out everywhere raises it, and tokens with a lower version are refused. 0 for a guest. */
  readonly sessionVersion: number;
  /** In s since the epoch. */
  readonly issuedAt: number;
  /** A guest whose session was never refreshed. */
  readonly isNewGuest?: boolean;
  /** The API key that started the session. */
  readonly apiKeyId?: string;
}
