import { readFileSync } from 'node:fs';
import { parseRedisUrl, type RedisSettings } from './redis-settings';

/** What a new connection shows to get in. */
export interface RedisAccess {
  readonly username?: string;
  readonly password?: string;
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

/**
 * Returns a function that reads the files anew, to be called for every connection. That is all that rotation takes: Redis
 * leaves a live connection alone when a password changes, and ends it when it means to.
 */
export function createRedisAccess(settings: RedisSettings): () => RedisAccess {
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
      // A user without a password is asked for one all the same.
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
    throw new Error(`${setting}: the file cannot be read (${(error as NodeJS.ErrnoException).code})`, { cause: error });
  }
}
