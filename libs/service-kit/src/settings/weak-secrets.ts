import manifest from '../../../../services.json';
import { ZxcvbnFactory } from '@zxcvbn-ts/core';

/** Words of examples and of development, which people leave in place of a secret. */
const placeholders = [
  ...Object.keys(manifest),
  ...`changeme change replace please example sample placeholder insecure development default password passwort passphrase secret letmein
  supersecret qwertyuiop asdfghjkl zxcvbnm badger postgres redis sentinel replication operator admin`.split(/\s+/),
];
/** A random secret contains no word of six letters or more. */
const placeholder = new RegExp(placeholders.filter(({ length }) => length >= 6).join('|') + '|change.?me', 'i');

/** The guesses for 14 random digits, or for 10 random letters and digits. A secret of 16 random characters needs more. */
const minGuessesLog10 = 14;
/** Of a longer secret these are read: the estimate takes milliseconds, and twice as long for twice as many. */
const maxLength = 32;

const estimator = new ZxcvbnFactory({ maxLength, dictionary: { placeholders } });

/** Whether a secret is short, repetitive, a sequence, or a placeholder. */
export function isWeakSecret(secret: string): boolean {
  if (placeholder.test(secret)) return true;
  return estimator.check(secret.slice(0, maxLength)).guessesLog10 < minGuessesLog10;
}
