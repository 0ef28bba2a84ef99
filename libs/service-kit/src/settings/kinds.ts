import { accessSync, constants, readFileSync } from 'node:fs';
import { z } from 'zod';
import { numberSetting } from './number-settings';
import { hostPorts, httpOrigin, httpUrl, postgresUrl, redisUrl, serviceUrl } from './url-settings';

const yearSeconds = 365 * 24 * 3600;
const port = numberSetting({ min: 0, max: 65535 });

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);

const cannotBeRead = (error: unknown) => `the file cannot be read (${(error as NodeJS.ErrnoException).code})`;

/** Of a file that is read again later; here it is only seen to be there. */
const readablePath = z.string().superRefine((path, context) => {
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    context.addIssue({ code: 'custom', message: cannotBeRead(error) });
  }
});

const longestPassword = 1000;

/** Of a file that is read again for every new connection; a line break at its end is no part of the password. */
const passwordPath = z.string().superRefine((path, context) => {
  try {
    const password = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    if (password.length > 0 && password.length <= longestPassword && !/[\r\n]/.test(password)) return;
    const message = `the file must hold a password: one line of 1 to ${longestPassword} characters`;
    context.addIssue({ code: 'custom', message });
  } catch (error) {
    context.addIssue({ code: 'custom', message: cannotBeRead(error) });
  }
});

function isWebOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

/** Origins are compared to the letter, so they are held to the one way in which browsers write them. */
const origins = list.refine((all) => all.length > 0 && all.every(isWebOrigin), {
  error: 'must be origins like https://store.example, comma-separated, without path or trailing slash',
});

/** Kinds of settings that several services share. */
export const setting = {
  /** 0: any free one. */
  port,
  number: numberSetting,
  /** A number of seconds above 0; `max` bounds it where the default of ten years is too long. */
  seconds: (max = 10 * yearSeconds) => numberSetting({ min: 1, max }),
  httpOrigin,
  httpUrl,
  serviceUrl,
  /** Of one service's replicas, comma-separated. */
  serviceUrls: list.pipe(z.array(serviceUrl).min(1, 'must name a URL').max(32, 'must name at most 32 URLs')),
  list,
  /** The path of a file whose content is the setting. */
  fileText: z.string().transform((path, context) => {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      context.addIssue({ code: 'custom', message: cannotBeRead(error) });
      return z.NEVER;
    }
  }),
  readablePath,
  passwordPath,
  redisUrl,
  postgresUrl,
  hostPorts,
  origins,
};
