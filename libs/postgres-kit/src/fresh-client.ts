import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Client, type ClientConfig } from 'pg';

const tlsFiles = ['sslrootcert', 'sslcert', 'sslkey'];

/**
 * Returns a client class for a pool that reads password and certificates for every new connection. If the certificates cannot be read,
 * those of the last connection are used: the driver would throw where the pool cannot catch it.
 */
export function freshClient(url: string, passwordFile: string | undefined) {
  const { files, withoutTls } = splitUrl(url);
  // Until a certificate authority was read, no server is trusted.
  let lastTls: ClientConfig['ssl'] = { ca: [] };

  const readable = (config?: ClientConfig): ClientConfig | undefined =>
    files.every(isReadable) ? config : { ...config, connectionString: withoutTls, ssl: lastTls };

  return class extends Client {
    constructor(config?: ClientConfig) {
      super(readable(config));
      lastTls = this.ssl;
      // In the driver, a password in the URL overrides an option.
      if (passwordFile !== undefined) Object.assign(this, { password: () => readPassword(passwordFile) });
    }
  };
}

function splitUrl(url: string) {
  const parsed = new URL(url);
  const files = tlsFiles.flatMap((name) => parsed.searchParams.get(name) ?? []);
  for (const name of ['sslmode', ...tlsFiles]) parsed.searchParams.delete(name);
  return { files, withoutTls: parsed.href };
}

function isReadable(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}

const readPassword = async (path: string) => (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
