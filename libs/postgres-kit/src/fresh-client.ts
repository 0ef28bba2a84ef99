import { Client, type ClientConfig } from 'pg';
import type { PasswordFile } from './password-file';
import { isInvalidPassword } from './postgres-errors';

type OnConnect = ((error: Error) => void) | ((error: null, client: Client) => void);

/**
 * Returns a client class for a pool that reads password and certificates for every new connection. If the certificates cannot be read,
 * those of the last connection are used: the driver would throw where the pool cannot catch it.
 */
export function freshClient(url: string, passwordFile: PasswordFile | undefined) {
  const withoutTls = new URL(url);
  for (const name of ['sslmode', 'sslrootcert', 'sslcert', 'sslkey']) withoutTls.searchParams.delete(name);
  // Until a certificate authority was read, no server is trusted.
  let lastTls: ClientConfig['ssl'] = { ca: [] };

  return class extends Client {
    constructor(config?: ClientConfig) {
      try {
        super(config);
      } catch {
        super({ ...config, connectionString: withoutTls.href, ssl: lastTls });
      }
      lastTls = this.ssl;
      // In the driver, a password in the URL overrides an option.
      if (passwordFile) Object.assign(this, { password: () => passwordFile.read() });
    }

    override connect(): Promise<Client>;
    override connect(callback: OnConnect): void;
    override connect(callback?: OnConnect): Promise<Client> | void {
      // The pool always passes a callback.
      if (!callback) return super.connect();
      super.connect((error: Error) => {
        // The driver has replaced the function with what it returned.
        if (isInvalidPassword(error)) passwordFile?.refuse(String(this.password));
        (callback as (error: Error) => void)(error);
      });
    }
  };
}
