/** Hashes passwords, slowly and on purpose. They are compared in Unicode NFKC (NIST SP 800-63B, section 3.1.1.2). */
export interface Passwords {
  hash(password: string): Promise<string>;
  /** Without a hash it does the same work and resolves to `false`, so that nobody learns whether an account exists. */
  matches(password: string, hash: string | undefined): Promise<boolean>;
}

export type IsCommonPassword = (password: string) => boolean;

/** Nobody is helped by a password that is easy to guess from what is known anyway. */
export function whyWeak(password: string, email: string, isCommon: IsCommonPassword): string | undefined {
  const plain = password.normalize('NFKC').toLowerCase();
  const [localPart = ''] = email.split('@');
  if (plain === email || plain === localPart) return 'must not be the email address';
  if (/^(.{1,4})\1+.{0,3}$/u.test(plain)) return 'must not be a few characters over and over';
  if (isCommon(plain)) return 'is among the most common passwords';
  return undefined;
}
