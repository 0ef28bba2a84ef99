import { hasCode, unwrap } from '../api/problem';
import { createStore } from '../api/store';
import type { Session as SessionBody } from '../api/types';
import type { OpenApi } from '../api/client';

export interface SessionState {
  /** `restoring` until it is known whether the browser has a session from before. */
  readonly status: 'restoring' | 'none' | 'guest' | 'user';
  readonly email?: string;
  readonly notice?: SessionNotice;
}

export type SessionNotice =
  | { readonly kind: 'ended' }
  | { readonly kind: 'welcome'; readonly broughtCart: boolean; readonly clampedLines: ClampedLines };

export type ClampedLines = NonNullable<SessionBody['clampedLines']>;

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/**
 * The lock and the channel of the browser's tabs, and the entry of their storage that says that the browser has the refresh cookie, which scripts
 * can't see.
 */
const name = 'badger-store.session';
const renewBeforeMs = 30_000;

/** The one session of this browser. Its userToken is in memory alone, its refresh token in a cookie that no script can read. */
export function createSession(api: OpenApi) {
  const channel = new BroadcastChannel(name);
  const store = createStore<SessionState>({ status: 'restoring' });
  let token: { readonly text: string; readonly expiresAt: number } | undefined;
  let renewal: Promise<void> | undefined;

  channel.addEventListener('message', ({ data }) => {
    if (data !== 'session') return;
    token = undefined;
    void renew();
  });

  function take(body: SessionBody, notice?: SessionNotice): void {
    token = { text: body.userToken, expiresAt: Date.now() + body.expiresIn * 1000 };
    const { kind, email } = body.user;
    localStorage.setItem(name, kind);
    store.update(() => ({ status: kind, email, ...(notice && { notice }) }));
  }

  function drop(notice?: SessionNotice): void {
    token = undefined;
    localStorage.removeItem(name);
    store.update(() => ({ status: 'none', email: undefined, ...(notice && { notice }) }));
  }

  function leave(): void {
    drop();
    channel.postMessage('session');
  }

  const isFresh = () => token !== undefined && token.expiresAt - renewBeforeMs > Date.now();

  /** Gets a new userToken for the session of the cookie. What can't be said now is asked again with the next request. */
  const renew = (): Promise<void> => (renewal ??= refresh().finally(() => (renewal = undefined)));

  async function refresh(): Promise<void> {
    const kind = localStorage.getItem(name);
    if (kind === null) return drop();
    try {
      const body = unwrap(await api.POST('/auth/refresh', {}));
      take(body, body.clampedLines && { kind: 'welcome', broughtCart: true, clampedLines: body.clampedLines });
    } catch (error) {
      if (!hasCode(error, 'INVALID_REFRESH_TOKEN', 'INVALID_TOKEN')) throw error;
      drop(kind === 'user' ? { kind: 'ended' } : undefined);
    }
  }

  async function enter(path: '/auth/login' | '/auth/register', credentials: Credentials): Promise<void> {
    const bearer: Record<string, string> = token ? { Authorization: `Bearer ${token.text}` } : {};
    const body: SessionBody = unwrap(
      await api.POST(path, { body: { ...credentials, refreshIn: 'cookie' }, headers: bearer }),
    );
    const { guest, clampedLines = [] } = body;
    take(body, { kind: 'welcome', broughtCart: guest?.migrated ?? false, clampedLines });
    channel.postMessage('session');
  }

  return {
    ...store,
    /** Finds out whether there is a session from before. */
    restore: () => renew().catch(() => store.update(() => ({ status: 'none' }))),
    renew,
    /** A userToken that is valid for a while, or none where there is no session. */
    async token(): Promise<string | undefined> {
      if (!isFresh() && localStorage.getItem(name) !== null) await renew();
      return token?.text;
    },
    /** Begins as a guest where there is no session, in one tab alone. */
    ensure: () =>
      isFresh()
        ? Promise.resolve()
        : navigator.locks.request(name, async () => {
            if (localStorage.getItem(name) !== null) await renew();
            if (token) return;
            take(unwrap(await api.POST('/auth/guest', { body: { refreshIn: 'cookie' } })));
            channel.postMessage('session');
          }),
    signIn: (credentials: Credentials) => enter('/auth/login', credentials),
    register: (credentials: Credentials) => enter('/auth/register', credentials),
    async signOut({ everywhere = false } = {}): Promise<void> {
      const headers: Record<string, string> = token ? { Authorization: `Bearer ${token.text}` } : {};
      const path = everywhere ? '/auth/logout-all' : '/auth/logout';
      const { error, response } = await api.POST(path, { headers });
      if (!response.ok && response.status !== 401) unwrap({ error, response });
      leave();
    },
    /** Drops a session that the store has ended, in all tabs. */
    leave,
    dismissNotice: () => store.update(() => ({ notice: undefined })),
  };
}

export type Session = ReturnType<typeof createSession>;
