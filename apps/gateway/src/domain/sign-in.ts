import { ServiceError } from '@badger-store/service-kit';
import { newUserId, type Account, type Accounts } from './account';
import type { Device } from './device-token';
import { EmailTakenError, WrongCredentialsError } from './identity-errors';
import { findWeakness, type IsCommonPassword, type Passwords } from './passwords';

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

export interface SignInClient {
  readonly address: string;
  readonly device?: Device;
}

/** By session for a password change and the deletion of the account; else by email, and `deviceId` if the account has signed in on that device before. */
export type SignInAttempt =
  { readonly sessionId: string } | { readonly email: string; readonly address: string; readonly deviceId?: string };

export interface SignInLimits {
  /**
   * Acquires permits before it runs `check`, for which it may wait a few seconds. It releases them unless `check` rejects with
   * `WrongCredentialsError` or `EmailTakenError`. Rejects with `TooManyAttemptsError` without permits.
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
 * Verifies passwords. Each call hashes exactly one password, whether or not the email is known, so that response times reveal no
 * accounts. All reject with `TooManyAttemptsError` after too many failures.
 */
export function createSignIn({ accounts, passwords, isCommonPassword, limits }: SignInParts) {
  const limited = async (email: string, { address, device }: SignInClient, check: () => Promise<Account>) => {
    const isKnown = device !== undefined && (await accounts.findByEmail(email))?.id === device.accountId;
    return limits.attempt({ email, address, deviceId: isKnown ? device.id : undefined }, check);
  };
  const assertStrong = (password: string, email: string, path: string) => {
    const message = findWeakness(password, email, isCommonPassword);
    if (message === undefined) return;
    const extensions = { errors: [{ path, message }] };
    throw new ServiceError('invalid', 'WEAK_PASSWORD', 'Choose another password; see errors.', { extensions });
  };

  /** Rejects with `WrongCredentialsError`. The limit is that of the session. */
  const verifyPassword = (account: Account, password: string, sessionId: string): Promise<void> =>
    limits.attempt({ sessionId }, async () => {
      if (!(await passwords.matches(password, account.passwordHash))) throw new WrongCredentialsError();
    });

  return {
    verifyPassword,

    /** Rejects with `WrongCredentialsError`. */
    login: ({ email, password }: Credentials, client: SignInClient): Promise<Account> =>
      limited(email, client, async () => {
        const account = await accounts.findByEmail(email);
        const matches = await passwords.matches(password, account?.passwordHash);
        if (!account || !matches) throw new WrongCredentialsError();
        return account;
      }),

    /**
     * Creates an account, or finds the one with this password, for a client that lost the response.
     * Rejects with `WEAK_PASSWORD`, `EmailTakenError`.
     */
    async register({ email, password }: Credentials, client: SignInClient): Promise<Account> {
      assertStrong(password, email, 'password');
      return limited(email, client, async () => {
        const known = await accounts.findByEmail(email);
        const added = known
          ? undefined
          : await accounts.add({ id: newUserId(), email, passwordHash: await passwords.hash(password) });
        if (added) return added;
        // A concurrent request may have registered the email since.
        const existing = known ?? (await accounts.findByEmail(email));
        if (existing && (await passwords.matches(password, existing.passwordHash))) return existing;
        throw new EmailTakenError();
      });
    },

    /**
     * Hashes a new password, which `Identity.changePassword` then stores for this version of the account. Rejects with
     * `WrongCredentialsError` unless the current password is right; with `WEAK_PASSWORD`.
     */
    async hashNewPassword(account: Account, current: string, next: string, sessionId: string): Promise<string> {
      assertStrong(next, account.email, 'newPassword');
      await verifyPassword(account, current, sessionId);
      return passwords.hash(next);
    },
  };
}

export type SignIn = ReturnType<typeof createSignIn>;
