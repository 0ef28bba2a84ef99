import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

interface Identity {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface Certificates {
  readonly caFile: string;
  readonly server: Identity;
  readonly client: Identity;
}

/** Makes, with `openssl`, an authority and what it vouches for: a server with these names and a client. Valid for two days. */
export async function makeCertificates(
  folder: string,
  names: readonly string[] = ['DNS:localhost', 'IP:127.0.0.1'],
): Promise<Certificates> {
  const openssl = (...args: string[]) => run('openssl', args, { cwd: folder });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const path = (name: string) => join(folder, name);
  await openssl(
    ...['req', '-x509', ...newKey, '-days', '2', '-subj', '/CN=test authority', '-keyout', 'ca.key', '-out', 'ca.crt'],
    ...['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign'],
  );
  await writeFile(path('extensions'), `subjectAltName=${names.join(',')}\n`);
  const identity = async (name: string): Promise<Identity> => {
    await openssl('req', ...newKey, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    await openssl(
      ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.crt', '-CAkey', 'ca.key', '-days', '2'],
      ...['-extfile', 'extensions', '-out', `${name}.crt`, '-set_serial', name === 'server' ? '2' : '3'],
    );
    return { certFile: path(`${name}.crt`), keyFile: path(`${name}.key`) };
  };
  return { caFile: path('ca.crt'), server: await identity('server'), client: await identity('client') };
}
