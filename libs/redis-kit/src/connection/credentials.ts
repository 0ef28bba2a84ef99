import { readFileSync } from 'node:fs';
import { InvalidOptionError } from '../redis-errors';
import { parseRedisUrl, type RedisSettings } from '../redis-settings';

/** What a new connection presents to the server. */
export interface Credentials {
  readonly username?: string;
  readonly password?: string;
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

/**
 * Returns a function that reads the files, to be called for every connection. Rotation needs nothing more: Redis keeps a live
 * connection when a password changes, and ends it when an operator says so.
 */
export function createCredentials(settings: RedisSettings): () => Credentials {
  const url = 'url' in settings ? parseRedisUrl(settings.url) : undefined;
  const encrypted = url ? url.encrypted : settings.tls !== undefined;
  const username = settings.username ?? url?.username;

  return () => {
    const { passwordFile, tls = {} } = settings;
    const password = passwordFile
      ? read('passwordFile', passwordFile).replace(/\r?\n$/, '')
      : (settings.password ?? url?.password);
    return {
      username,
      // Redis expects a password even for a user without one.
      password: password ?? (username && ''),
      tls: encrypted
        ? {
            ca: tls.caFile && read('tls.caFile', tls.caFile),
            cert: tls.certFile && read('tls.certFile', tls.certFile),
            key: tls.keyFile && read('tls.keyFile', tls.keyFile),
          }
        : undefined,
    };
  };
}

function read(setting: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new InvalidOptionError(setting, `cannot be read (${(error as NodeJS.ErrnoException).code})`, {
      cause: error,
    });
  }
}
