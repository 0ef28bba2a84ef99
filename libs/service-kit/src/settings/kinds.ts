import { readFileSync } from 'node:fs';
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

/** The path of a file whose content is the setting. */
const fileText = z.string().transform((path, context) => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    context.addIssue({ code: 'custom', message: `the file cannot be read (${code})` });
    return z.NEVER;
  }
});

/** The path of a file that is read again later. The schema is for its text. */
const pathOf = (text: z.ZodType<unknown, string>) => {
  const content = fileText.pipe(text);
  return z.string().superRefine((path, context) => {
    const [issue] = content.safeParse(path).error?.issues ?? [];
    if (issue) context.addIssue({ code: 'custom', message: issue.message });
  });
};

/** The path of a file with passwords, one a line, that are read again for each new connection. */
const passwordsPath = (maxPasswords: number, expected: string) => {
  const lines = new RegExp(`^([^\\r\\n]{1,${maxPasswordLength}}(\\r?\\n|$)){1,${maxPasswords}}$`);
  return pathOf(z.string().regex(lines, `the file must hold ${expected} of 1 to ${maxPasswordLength} characters`));
};

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
  fileText,
  pathOf,
  readablePath: pathOf(z.string()),
  passwordPath: passwordsPath(1, 'a password: one line'),
  /** The old and the new password while one replaces the other. */
  twoPasswordsPath: passwordsPath(2, 'one or two passwords, one a line,'),
  redisUrl,
  postgresUrl,
  hostPorts,
  origins,
};
