import { readFile } from 'node:fs/promises';

export interface PasswordFile {
  /** The first password of the file that PostgreSQL has not refused. If it refused all, the one that it refused last is not the next. */
  read(): Promise<string>;
  /** Remembers that PostgreSQL refused a password. */
  refuse(password: string): void;
  /** The number of passwords when the file was last read. */
  count(): number;
}

/**
 * A file of passwords, one a line. PostgreSQL has one password for each role, so while it changes, services need the old and the new one.
 * The file is read for every new connection.
 */
export function openPasswordFile(path: string): PasswordFile {
  let passwords: readonly string[] = [];
  let refused: readonly string[] = [];

  return {
    async read() {
      passwords = (await readFile(path, 'utf8')).split(/\r?\n/).filter(Boolean);
      refused = refused.filter((password) => passwords.includes(password));
      if (refused.length === passwords.length) refused = refused.slice(-1);
      return passwords.find((password) => !refused.includes(password)) ?? passwords[0] ?? '';
    },
    refuse(password) {
      refused = [...refused.filter((other) => other !== password), password];
    },
    count: () => passwords.length,
  };
}
