import type { IsCommonPassword } from '../domain/passwords';
import list from './common-passwords.txt';

const common: ReadonlySet<string> = new Set(list.trim().split('\n'));

/** Expects lower case. */
export const isCommonPassword: IsCommonPassword = (password) => common.has(password);
