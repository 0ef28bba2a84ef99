import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Client, type ClientConfig } from 'pg';

const tlsFiles = ['sslrootcert', 'sslcert', 'sslkey'];

/**
 * The driver's client for a pool. It reads password and certificates for every new connection; certificates that cannot be read leave
 * those of the last one in force, for the driver would throw, and the pool makes clients where nobody catches that.
 */
export function freshClient(url: string, passwordFile: string | undefined) {
  const { files, withoutTls } = splitUrl(url);
  // Without an authority that was ever read, no server is trusted.
  let lastTls: ClientConfig['ssl'] = { ca: [] };

  const readable = (config?: ClientConfig): ClientConfig | undefined =>
    files.every(isReadable) ? config : { ...config, connectionString: withoutTls, ssl: lastTls };

  return class extends Client {
    constructor(config?: ClientConfig) {
      super(readable(config));
      lastTls = this.ssl;
      // What a URL says of a password would win over an option.
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
