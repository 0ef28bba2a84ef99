import { ZxcvbnFactory } from '@zxcvbn-ts/core';

/** What stands in examples and in development for a secret that somebody still has to make. */
const placeholders = [
  ...[
    'changeme',
    'change',
    'replace',
    'please',
    'example',
    'sample',
    'placeholder',
    'insecure',
    'development',
    'default',
  ],
  ...['password', 'passwort', 'passphrase', 'secret', 'letmein', 'supersecret', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm'],
  ...[
    'badger',
    'gateway',
    'inventory',
    'checkout',
    'postgres',
    'redis',
    'sentinel',
    'replication',
    'operator',
    'admin',
  ],
];
/** Words of six letters or more are in no random secret. */
const placeholder = new RegExp(placeholders.filter(({ length }) => length >= 6).join('|') + '|change.?me', 'i');

/** What 14 random digits, or 10 random letters and digits, take to be guessed. A secret of 16 random characters has more. */
const minGuessesLog10 = 14;
/** The estimate takes longer the longer the text is, and is far above the minimum then. */
const maxLength = 64;

const estimator = new ZxcvbnFactory({ maxLength, dictionary: { placeholders } });

/** Whether a secret is short, repeats itself, follows a sequence, or is a placeholder. */
export function isWeakSecret(secret: string): boolean {
  if (placeholder.test(secret)) return true;
  return estimator.check(secret.slice(0, maxLength)).guessesLog10 < minGuessesLog10;
}
