import { useEffect, useState, type FormEvent } from 'react';
import { Link, useLocation } from 'wouter';
import { hasCode } from '../api/problem';
import { useStore } from '../api/store';
import { useCart } from '../cart/customer-cart';
import { Field } from '../components/field';
import { reasonFor } from '../components/failure';
import { session } from '../shop';

export function SignInPage({ isNew }: { isNew: boolean }) {
  const { status } = useStore(session);
  const { count } = useCart();
  const [, navigate] = useLocation();
  const [error, setError] = useState<unknown>();
  const [isSending, setIsSending] = useState(false);
  const title = isNew ? 'Create an account' : 'Sign in';

  useEffect(() => {
    if (status === 'user') navigate('/account', { replace: true });
  }, [status, navigate]);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const credentials = { email: String(form.get('email')).trim(), password: String(form.get('password')) };
    setIsSending(true);
    setError(undefined);
    try {
      await (isNew ? session.register(credentials) : session.signIn(credentials));
    } catch (failure) {
      setError(failure);
    } finally {
      setIsSending(false);
    }
  };

  return (
    <div className="section narrow">
      <title>{`${title} · Badger Store`}</title>
      <h1 tabIndex={-1}>{title}</h1>
      {count > 0 && (
        <p className="message">
          {count === 1 ? 'The item' : `The ${count} items`} in your cart and your orders come with you.
        </p>
      )}
      <form className="form" onSubmit={(event) => void submit(event)}>
        <Field
          name="email"
          label="E-mail"
          type="email"
          autoComplete="email"
          maxLength={254}
          error={fieldError(error, 'email')}
        />
        <Field
          name="password"
          label="Password"
          type="password"
          autoComplete={isNew ? 'new-password' : 'current-password'}
          minLength={isNew ? 12 : 1}
          maxLength={256}
          hint={isNew ? 'At least 12 characters. Four words make a good one.' : undefined}
          error={fieldError(error, 'password')}
        />
        {error !== undefined && (
          <p className="message message-bad" role="alert">
            {signInError(error)}
          </p>
        )}
        <button type="submit" className="button button-wide" disabled={isSending}>
          {isSending ? 'One moment …' : title}
        </button>
      </form>
      <p>
        {isNew ? 'You have an account? ' : 'New here? '}
        <Link href={isNew ? '/account/sign-in' : '/account/sign-up'}>{isNew ? 'Sign in' : 'Create an account'}</Link>
      </p>
    </div>
  );
}

const fieldError = (error: unknown, field: string): string | undefined =>
  hasCode(error, 'INVALID_REQUEST') ? error.body.errors?.find(({ path }) => path === field)?.message : undefined;

function signInError(error: unknown): string {
  if (hasCode(error, 'WRONG_CREDENTIALS')) return 'The e-mail or the password is wrong.';
  if (hasCode(error, 'EMAIL_TAKEN')) return 'There is an account with this e-mail already. Sign in instead.';
  if (hasCode(error, 'TOO_MANY_ATTEMPTS', 'TOO_MANY_REQUESTS')) {
    return `Too many attempts. Try again in ${error.retryAfterSeconds ?? 60} seconds.`;
  }
  if (hasCode(error, 'INVALID_REQUEST')) return 'Check the fields that are marked.';
  return reasonFor(error);
}
