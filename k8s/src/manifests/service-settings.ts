import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { z } from 'zod';
import manifest from '../../../services.json';
import { named, type Container, type KubernetesObject, type Service, type Workload } from './objects';

/** The schema that the service itself checks its settings with. The rules on imports keep programs apart; a test may look. */
export const loadSchema = (service: Service): z.ZodObject =>
  (require(join(__dirname, `../../../apps/${service}/src/config.ts`)) as { configSchema: z.ZodObject }).configSchema;

const secret = randomBytes(32).toString('base64url');
const pem = () =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });

/** A certificate and its key. The services check that they belong together. */
function makeIdentity() {
  const folder = mkdtempSync(join(tmpdir(), 'badger-identity-'));
  const [key, cert] = [join(folder, 'key'), join(folder, 'crt')];
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key];
  execFileSync('openssl', ['req', '-x509', ...newKey, '-days', '2', '-subj', '/CN=spec', '-out', cert], {
    stdio: 'ignore',
  });
  const made = { key: readFileSync(key), cert: readFileSync(cert) };
  rmSync(folder, { recursive: true });
  return made;
}
const identity = makeIdentity();

/** What a key of a Secret may hold; a key that is not here is not known to the store. */
const examples: Record<string, () => string | Buffer> = {
  'user-token.pem': pem,
  'refresh-token-secret': () => secret,
  'device-cookie-secret': () => secret,
  'service-token-secrets': () =>
    Object.entries(manifest)
      .flatMap(([caller, { calls }]) => calls.map((callee) => `${caller}:${callee} ${secret}\n`))
      .join(''),
  'redis-password': () => secret,
  'redis-ca.crt': () => 'a certificate',
  'database-password': () => secret,
  'postgres-ca.crt': () => 'a certificate',
  'ca.crt': () => identity.cert,
  'tls.crt': () => identity.cert,
  'tls.key': () => identity.key,
  'secret-key': () => secret,
  'webhook-secret': () => secret,
};

/** Where docker/bundle.mjs and the Dockerfile put the built storefront. */
const siteInImage = '/app/site';

/** What a container finds in its environment, secrets as examples and their files in a temporary folder. */
export function getEnvironment(workload: Workload, container: Container, objects: readonly KubernetesObject[]) {
  // As the images have it.
  const environment: Record<string, string> = { NODE_ENV: 'production' };
  for (const { configMapRef } of container.envFrom ?? []) {
    if (configMapRef) Object.assign(environment, named(objects, 'ConfigMap', configMapRef.name).data);
  }
  for (const { name, value = '' } of container.env ?? []) environment[name] = value;

  const folder = mkdtempSync(join(tmpdir(), 'badger-settings-'));
  const getExample = (name: string, value: string) => {
    const mount = container.volumeMounts?.find(({ mountPath }) => dirname(value) === mountPath);
    const volume = workload.pod.volumes?.find((one) => one.name === mount?.name);
    const key = value.slice(dirname(value).length + 1);
    if (!volume?.secret || !examples[key]) throw new Error(`${name}=${value} leads to no file of a Secret`);
    const path = join(folder, volume.secret.secretName, key);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, examples[key]());
    return path;
  };
  if (environment.SITE_FOLDER === siteInImage) {
    writeFileSync(join(folder, 'index.html'), '');
    environment.SITE_FOLDER = folder;
  }
  for (const [name, value] of Object.entries(environment)) {
    if (name.endsWith('_FILE')) environment[name] = getExample(name, value);
    else if (name.endsWith('DATABASE_URL')) {
      environment[name] = value.replace(/(?<=sslrootcert=)[^&]+/, (path) => getExample(name, path));
    }
  }
  return { environment, folder };
}
