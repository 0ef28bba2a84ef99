import { useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { Link } from 'wouter';
import { itemsByIdQuery } from '../api/queries';
import { useStore } from '../api/store';
import { session } from '../shop';
import type { ClampedLines, SessionNotice } from '../session/session';

export function Notices() {
  const { notice, email } = useStore(session);
  const isOnline = useOnline();
  return (
    <div className="notices">
      {!isOnline && (
        <p className="notice" role="status">
          You are offline. What you change in the cart is sent when you are back.
        </p>
      )}
      {notice && (
        <div className="notice" role="status">
          <NoticeText notice={notice} email={email} />
          <button type="button" className="link-button" onClick={session.dismissNotice}>
            Dismiss
          </button>
        </div>
      )}
    </div>
  );
}

function NoticeText({ notice, email }: { notice: SessionNotice; email: string | undefined }) {
  if (notice.kind === 'ended') {
    return (
      <p>
        You were signed out on another device. <Link href="/account/sign-in">Sign in again</Link>
      </p>
    );
  }
  const { broughtCart, clampedLines } = notice;
  return (
    <div>
      <p>
        Welcome, {email}. {broughtCart && 'Your cart and your orders came with you.'}
      </p>
      {clampedLines.length > 0 && <Clamped lines={clampedLines} />}
    </div>
  );
}

function Clamped({ lines }: { lines: ClampedLines }) {
  const { data: items = [] } = useQuery(itemsByIdQuery(lines.map(({ id }) => id)));
  return (
    <ul className="notice-list">
      {lines.map(({ id, requested, quantity }) => (
        <li key={id}>
          {items.find((item) => item.id === id)?.name ?? id}: {requested} together, and the cart holds {quantity}.
        </li>
      ))}
    </ul>
  );
}

const useOnline = () => useSyncExternalStore(subscribeToOnline, () => navigator.onLine);

function subscribeToOnline(listener: () => void): () => void {
  const subscription = new AbortController();
  for (const type of ['online', 'offline']) addEventListener(type, listener, { signal: subscription.signal });
  return () => subscription.abort();
}
