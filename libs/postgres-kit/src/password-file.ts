import { readFile } from 'node:fs/promises';

export type PasswordFile = ReturnType<typeof openPasswordFile>;

/**
 * A file of passwords, one a line. PostgreSQL has one password for each role, so while it changes, services need the old and the new one.
 * The file is read for every new connection.
 */
export function openPasswordFile(path: string) {
  let passwords: readonly string[] = [];
  let refusals = 0;
  const getCurrent = () => passwords[refusals % passwords.length] ?? '';

  return {
    async read(): Promise<string> {
      passwords = (await readFile(path, 'utf8')).split(/\r?\n/).filter(Boolean);
      return getCurrent();
    },
    /** After PostgreSQL refused a password, `read` resolves to the next one. Connections that are refused at once count once. */
    refuse(password: string): void {
      if (password === getCurrent()) refusals += 1;
    },
    /** The number of passwords when the file was last read. */
    count: () => passwords.length,
  };
}
