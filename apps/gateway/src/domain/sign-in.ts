import { newUserId, type Account, type Accounts } from './account';
import type { Device } from './device-token';
import { EmailTakenError, WeakPasswordError, WrongCredentialsError } from './identity-errors';
import { whyWeak, type IsCommonPassword, type Passwords } from './passwords';

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** Where somebody signs in. */
export interface SignInClient {
  readonly address: string;
  readonly device?: Device;
}

/** Under what a password is tried: within a session, or outside, where `deviceId` is that of a device the account is known on. */
export type SignInAttempt =
  { readonly sessionId: string } | { readonly email: string; readonly address: string; readonly deviceId?: string };

/** Bounds the passwords that can be tried. */
export interface SignInLimits {
  /**
   * Takes a place before `check` runs, for which it may wait a few seconds. A success gives the place back; an attempt whose `check`
   * rejects with `WrongCredentialsError` or `EmailTakenError` keeps it. Rejects with `TooManyAttemptsError` without a place.
   */
  attempt<Result>(attempt: SignInAttempt, check: () => Promise<Result>): Promise<Result>;
}

export interface SignInParts {
  readonly accounts: Accounts;
  readonly passwords: Passwords;
  readonly isCommonPassword: IsCommonPassword;
  readonly limits: SignInLimits;
}

/**
 * Finds out who somebody is. Each of these hashes exactly one password, whatever is known of the email. All reject with
 * `TooManyAttemptsError` where too many attempts failed.
 */
export function createSignIn({ accounts, passwords, isCommonPassword, limits }: SignInParts) {
  const limited = async (email: string, { address, device }: SignInClient, check: () => Promise<Account>) => {
    const isKnown = device !== undefined && (await accounts.findByEmail(email))?.id === device.accountId;
    return limits.attempt({ email, address, deviceId: isKnown ? device.id : undefined }, check);
  };
  const assertStrong = (password: string, email: string, path: string) => {
    const why = whyWeak(password, email, isCommonPassword);
    if (why) throw new WeakPasswordError(path, why);
  };

  return {
    /** Rejects with `WrongCredentialsError`. */
    login: ({ email, password }: Credentials, client: SignInClient): Promise<Account> =>
      limited(email, client, async () => {
        const account = await accounts.findByEmail(email);
        const matches = await passwords.matches(password, account?.passwordHash);
        if (!account || !matches) throw new WrongCredentialsError();
        return account;
      }),

    /**
     * Makes an account, or, for a client that lost the answer, finds the one that has this password already.
     * Rejects with `WeakPasswordError`, `EmailTakenError`.
     */
    async register({ email, password }: Credentials, client: SignInClient): Promise<Account> {
      assertStrong(password, email, 'password');
      return limited(email, client, async () => {
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
    async newPasswordHash(account: Account, current: string, next: string, sessionId: string): Promise<string> {
      assertStrong(next, account.email, 'newPassword');
      await limits.attempt({ sessionId }, async () => {
        if (!(await passwords.matches(current, account.passwordHash))) throw new WrongCredentialsError();
      });
      return passwords.hash(next);
    },
  };
}

export type SignIn = ReturnType<typeof createSignIn>;
