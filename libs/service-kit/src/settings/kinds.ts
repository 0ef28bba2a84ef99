import { accessSync, constants, readFileSync } from 'node:fs';
import { z } from 'zod';
import { numberSetting } from './number-settings';
import { hostPorts, httpOrigin, httpUrl, postgresUrl, redisUrl } from './url-settings';

const yearSeconds = 365 * 24 * 3600;
const maxPasswordLength = 1000;

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);

const describeReadError = (error: unknown) => `the file cannot be read (${(error as NodeJS.ErrnoException).code})`;

/** A path; the file is read again later. */
const readablePath = z.string().superRefine((path, context) => {
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    context.addIssue({ code: 'custom', message: describeReadError(error) });
  }
});

/** A path; the passwords, one a line, are read again for each new connection. */
const passwordsPath = (maxPasswords: number, expected: string) =>
  z.string().superRefine((path, context) => {
    try {
      const lines = readFileSync(path, 'utf8')
        .replace(/\r?\n$/, '')
        .split(/\r?\n/);
      const arePasswords = lines.every((line) => line.length > 0 && line.length <= maxPasswordLength);
      if (arePasswords && lines.length <= maxPasswords) return;
      context.addIssue({
        code: 'custom',
        message: `the file must hold ${expected} of 1 to ${maxPasswordLength} characters`,
      });
    } catch (error) {
      context.addIssue({ code: 'custom', message: describeReadError(error) });
    }
  });

/** Origins are compared as strings, so that they must have the form that browsers send. */
const origins = list.refine((all) => all.length > 0 && all.every(isWebOrigin), {
  error: 'must be origins like https://store.example, comma-separated, without path or trailing slash',
});

function isWebOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

export const setting = {
  /** 0 means any free port. */
  port: numberSetting({ min: 0, max: 65535 }),
  number: numberSetting,
  seconds: (max = 10 * yearSeconds) => numberSetting({ min: 1, max }),
  httpOrigin,
  httpUrl,
  /** The replicas of one service, comma-separated. */
  serviceUrls: list.pipe(z.array(httpOrigin).min(1, 'must name a URL').max(32, 'must name at most 32 URLs')),
  list,
  /** The path of a file whose content is the setting. */
  fileText: z.string().transform((path, context) => {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      context.addIssue({ code: 'custom', message: describeReadError(error) });
      return z.NEVER;
    }
  }),
  readablePath,
  passwordPath: passwordsPath(1, 'a password: one line'),
  /** The old and the new password while one replaces the other. */
  twoPasswordsPath: passwordsPath(2, 'one or two passwords, one a line,'),
  redisUrl,
  postgresUrl,
  hostPorts,
  origins,
};
