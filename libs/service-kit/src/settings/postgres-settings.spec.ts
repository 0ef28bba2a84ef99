import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError, loadConfig } from './load-config';
import { checkPostgresSettings, postgresSettings, toPostgresSettings } from './postgres-settings';

const schema = z.object({ ...postgresSettings('inventory') }).superRefine(checkPostgresSettings);
const load = (env: NodeJS.ProcessEnv) => toPostgresSettings(loadConfig(schema, env));

const folder = mkdtempSync(join(tmpdir(), 'postgres-settings-spec-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileWith(content: string): string {
  const path = join(mkdtempSync(join(folder, 'file-')), 'hunter2');
  writeFileSync(path, content);
  return path;
}

function refusal(env: NodeJS.ProcessEnv): string {
  try {
    load(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('The settings were accepted.');
}

const url = 'postgres://me@host/store';

describe('the settings of PostgreSQL', () => {
  it('the settings of PostgreSQL can be a URL with a password', () => {
    expect(load({ DATABASE_URL: 'postgres://me:secret@host/store' })).toEqual({
      url: 'postgres://me:secret@host/store',
    });
  });

  it.each(['secret', 'secret\n', 'secret\r\n', 'x'.repeat(1000), 'old\nnew', 'old\nnew\n'])(
    'can be a URL and a file with the password, or with the old and the new one',
    (content) => {
      const passwordFile = fileWith(content);
      expect(load({ DATABASE_URL: url, DATABASE_PASSWORD_FILE: passwordFile })).toEqual({ url, passwordFile });
    },
  );

  const noPassword =
    'DATABASE_PASSWORD_FILE: the file must hold one or two passwords, one a line, of 1 to 1000 characters';

  it.each([
    ['no URL', { DATABASE_PASSWORD_FILE: fileWith('secret') }, 'DATABASE_URL: is not set'],
    [
      'a file that is not there',
      { DATABASE_URL: url, DATABASE_PASSWORD_FILE: '/nowhere/hunter2' },
      'DATABASE_PASSWORD_FILE: the file cannot be read (ENOENT)',
    ],
    [
      'a folder',
      { DATABASE_URL: url, DATABASE_PASSWORD_FILE: folder },
      'DATABASE_PASSWORD_FILE: the file cannot be read (EISDIR)',
    ],
    ['an empty file', { DATABASE_URL: url, DATABASE_PASSWORD_FILE: fileWith('') }, noPassword],
    ['a line break alone', { DATABASE_URL: url, DATABASE_PASSWORD_FILE: fileWith('\n') }, noPassword],
    ['three lines', { DATABASE_URL: url, DATABASE_PASSWORD_FILE: fileWith('hunter2\nhunter3\nhunter4\n') }, noPassword],
    ['an empty line', { DATABASE_URL: url, DATABASE_PASSWORD_FILE: fileWith('hunter2\n\n') }, noPassword],
    ['a long password', { DATABASE_URL: url, DATABASE_PASSWORD_FILE: fileWith('x'.repeat(1001)) }, noPassword],
    [
      'two passwords',
      { DATABASE_URL: 'postgres://me:hunter2@host/store', DATABASE_PASSWORD_FILE: fileWith('secret') },
      'DATABASE_PASSWORD_FILE: cannot be set together with a password in DATABASE_URL',
    ],
    [
      'an authority that is not there',
      { DATABASE_URL: `${url}?sslmode=verify-full&sslrootcert=/nowhere/hunter2` },
      'DATABASE_URL: sslrootcert: the file cannot be read (ENOENT)',
    ],
  ])(
    'the settings of PostgreSQL are refused in one line that names the variable and omits its value: %s',
    (_, env, message) => {
      expect(refusal(env)).toBe(message);
    },
  );
});
