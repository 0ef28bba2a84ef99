/** Passwords are compared in Unicode NFKC (NIST SP 800-63B, section 3.1.1.2). */
export interface Passwords {
  hash(password: string): Promise<string>;
  /** Without a hash it does the same work and resolves to `false`, so that the time reveals no accounts. */
  matches(password: string, hash: string | undefined): Promise<boolean>;
}

export type IsCommonPassword = (password: string) => boolean;

/** Why a password is too weak; `undefined` if it is not. */
export function findWeakness(password: string, email: string, isCommon: IsCommonPassword): string | undefined {
  const plain = password.normalize('NFKC').toLowerCase();
  const [localPart = ''] = email.split('@');
  if (plain === email || plain === localPart) return 'must not be the email address';
  if (/^(.{1,4})\1+.{0,3}$/u.test(plain)) return 'must not repeat a few characters';
  if (isCommon(plain)) return 'is among the most common passwords';
  return undefined;
}
