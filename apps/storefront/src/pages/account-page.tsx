import { useState, type FormEvent } from 'react';
import { Link } from 'wouter';
import { hasCode, unwrap } from '../api/problem';
import { useStore } from '../api/store';
import { Field } from '../components/field';
import { reasonFor } from '../components/failure';
import { announce } from '../components/live-region';
import { api, session } from '../shop';

export function AccountPage() {
  const { status, email } = useStore(session);
  return (
    <div className="section narrow">
      <title>Account · Badger Store</title>
      <h1 tabIndex={-1}>Account</h1>
      {status === 'restoring' && <p className="hint">Loading …</p>}
      {(status === 'none' || status === 'guest') && <GuestAccount />}
      {status === 'user' && (
        <>
          <p>
            You are signed in as <b>{email}</b>.
          </p>
          <p className="button-row">
            <Link href="/account/orders" className="button">
              Your orders
            </Link>
            <SignOut />
          </p>
          <PasswordForm email={email ?? ''} />
          <section className="panel">
            <h2>Other devices</h2>
            <p>Signing out everywhere ends every session of this account within a second, this one included.</p>
            <button
              type="button"
              className="button button-quiet"
              onClick={() => void session.signOut({ everywhere: true })}
            >
              Sign out everywhere
            </button>
          </section>
          <AccountDeletion email={email ?? ''} />
        </>
      )}
    </div>
  );
}

const GuestAccount = () => (
  <>
    <p>You are a guest. With an account your cart and your orders are on each of your devices.</p>
    <p className="button-row">
      <Link href="/account/sign-in" className="button">
        Sign in
      </Link>
      <Link href="/account/sign-up" className="button button-quiet">
        Create an account
      </Link>
    </p>
    <p>
      <Link href="/account/orders">Your orders as a guest</Link>
    </p>
  </>
);

function SignOut() {
  const [error, setError] = useState<unknown>();
  return (
    <>
      <button type="button" className="button button-quiet" onClick={() => void session.signOut().catch(setError)}>
        Sign out
      </button>
      {error !== undefined && (
        <span className="warning" role="alert">
          {reasonFor(error)}
        </span>
      )}
    </>
  );
}

type PasswordResult = { readonly ok: true } | { readonly ok: false; readonly text: string };

function PasswordForm({ email }: { email: string }) {
  const [result, setResult] = useState<PasswordResult>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const text = (name: string) => String(new FormData(form).get(name));
    try {
      const body = { currentPassword: text('currentPassword'), newPassword: text('newPassword') };
      unwrap(await api.POST('/auth/password', { body }));
      form.reset();
      setResult({ ok: true });
      announce('The password was changed');
    } catch (error) {
      setResult({ ok: false, text: passwordError(error) });
    }
  };
  return (
    <section className="panel" aria-labelledby="password">
      <h2 id="password">Change the password</h2>
      <form className="form" onSubmit={(event) => void submit(event)}>
        <input type="hidden" autoComplete="username" value={email} readOnly />
        <Field name="currentPassword" label="Current password" type="password" autoComplete="current-password" />
        <Field
          name="newPassword"
          label="New password"
          type="password"
          autoComplete="new-password"
          minLength={12}
          hint="At least 12 characters."
        />
        {result && (
          <p className={result.ok ? 'message' : 'message message-bad'} role="alert">
            {result.ok ? 'Changed. Your other sessions were ended.' : result.text}
          </p>
        )}
        <button type="submit" className="button">
          Change the password
        </button>
      </form>
    </section>
  );
}

function AccountDeletion({ email }: { email: string }) {
  const [error, setError] = useState<string>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const password = String(new FormData(event.currentTarget).get('password'));
    try {
      unwrap(await api.DELETE('/auth/me', { body: { password } }));
      announce('The account was deleted');
      session.leave();
    } catch (failure) {
      setError(hasCode(failure, 'WRONG_CREDENTIALS') ? 'The password is wrong.' : reasonFor(failure));
    }
  };
  return (
    <section className="panel" aria-labelledby="account-deletion">
      <h2 id="account-deletion">Delete the account</h2>
      <p>
        This deletes the account and its cart, and ends all of its sessions. You can no longer see your orders. An
        account can’t be restored.
      </p>
      <form className="form" onSubmit={(event) => void submit(event)}>
        <input type="hidden" autoComplete="username" value={email} readOnly />
        <Field name="password" label="Your password" type="password" autoComplete="current-password" />
        {error !== undefined && (
          <p className="message message-bad" role="alert">
            {error}
          </p>
        )}
        <button type="submit" className="button button-quiet">
          Delete the account
        </button>
      </form>
    </section>
  );
}

function passwordError(error: unknown): string {
  if (hasCode(error, 'WRONG_CREDENTIALS')) return 'The current password is wrong.';
  if (hasCode(error, 'WEAK_PASSWORD')) return error.message;
  return reasonFor(error);
}
