import { newUserId, type Account, type Accounts } from './account';
import { EmailTakenError, TooManyAttemptsError, WeakPasswordError, WrongCredentialsError } from './identity-errors';
import { whyWeak, type IsCommonPassword, type Passwords } from './passwords';

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** Counts failures by account and by address; an attempt counts as failed until it has succeeded. */
export interface LoginThrottle {
  attempt(keys: { account: string; address: string }): Promise<{ retryAfterMs: number }>;
  succeeded(keys: { account: string; address: string }): Promise<void>;
}

export interface SignInParts {
  readonly accounts: Accounts;
  readonly passwords: Passwords;
  readonly isCommonPassword: IsCommonPassword;
  readonly throttle: LoginThrottle;
}

/**
 * Finds out who somebody is. Each of these hashes exactly one password, whatever is known of the email. All reject with
 * `TooManyAttemptsError` where too many attempts failed for the account or from the address.
 */
export function createSignIn({ accounts, passwords, isCommonPassword, throttle }: SignInParts) {
  const throttled = async (email: string, address: string, check: () => Promise<Account>): Promise<Account> => {
    const keys = { account: email, address };
    const { retryAfterMs } = await throttle.attempt(keys);
    if (retryAfterMs > 0) throw new TooManyAttemptsError(retryAfterMs);
    const account = await check();
    await throttle.succeeded(keys);
    return account;
  };
  const assertStrong = (password: string, email: string, path: string) => {
    const why = whyWeak(password, email, isCommonPassword);
    if (why) throw new WeakPasswordError(path, why);
  };

  return {
    /** Rejects with `WrongCredentialsError`. */
    login: ({ email, password }: Credentials, address: string): Promise<Account> =>
      throttled(email, address, async () => {
        const account = await accounts.findByEmail(email);
        const matches = await passwords.matches(password, account?.passwordHash);
        if (!account || !matches) throw new WrongCredentialsError();
        return account;
      }),

    /**
     * Makes an account, or, for a client that lost the answer, finds the one that has this password already.
     * Rejects with `WeakPasswordError`, `EmailTakenError`.
     */
    async register({ email, password }: Credentials, address: string): Promise<Account> {
      assertStrong(password, email, 'password');
      return throttled(email, address, async () => {
        const existing = async (account: Account) => {
          if (await passwords.matches(password, account.passwordHash)) return account;
          throw new EmailTakenError();
        };
        const known = await accounts.findByEmail(email);
        if (known) return existing(known);
        const added = await accounts.add({ id: newUserId(), email, passwordHash: await passwords.hash(password) });
        if (added) return added;
        // Somebody else registered this email a moment ago.
        const other = await accounts.findByEmail(email);
        if (!other) throw new EmailTakenError();
        return existing(other);
      });
    },

    /**
     * The hash of a new password for an account that was read before. Rejects with `WrongCredentialsError` unless the current password
     * is right; with `WeakPasswordError`. What is hashed here is written by `Identity.changePassword`, for the version of that account.
     */
    async newPasswordHash(account: Account, current: string, next: string, address: string): Promise<string> {
      assertStrong(next, account.email, 'newPassword');
      await throttled(account.email, address, async () => {
        if (await passwords.matches(current, account.passwordHash)) return account;
        throw new WrongCredentialsError();
      });
      return passwords.hash(next);
    },
  };
}

export type SignIn = ReturnType<typeof createSignIn>;
