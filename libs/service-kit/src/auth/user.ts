/** What a userToken may allow. */
export const scopes = ['cart', 'orders:read', 'checkout'] as const;
export type Scope = (typeof scopes)[number];

/** Who a userToken speaks for. */
export interface User {
  /** Stable; also the key of the cart. */
  readonly id: string;
  readonly kind: 'guest' | 'user';
  readonly sessionId: string;
  readonly scopes: ReadonlySet<string>;
  /** Of a user: raised by a password change and by sign-out everywhere. A token with an older number is refused; 0 of a guest. */
  readonly sessionVersion: number;
  /** When the token was issued, in s since the epoch. */
  readonly issuedAt: number;
  /** A guest whose session was never refreshed: the cart of such a guest lives one day. */
  readonly isNewGuest?: boolean;
  /** The API key with which the session began, where there was one. */
  readonly apiKeyId?: string;
}
