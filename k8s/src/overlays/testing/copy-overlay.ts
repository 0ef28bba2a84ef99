import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

const root = join(__dirname, '../../..');
export const production = join(root, 'overlays/production');

/** What a deployment sets: none is an example. */
export const values: Readonly<Record<string, string>> = {
  registry: 'registry.badgers.test:5000/store',
  host: 'shop.badgers.test',
  gatewayClass: 'traefik',
  proxyNamespace: 'traefik',
  trustedProxies: '2',
  storageClass: 'fast',
  runbooks: 'pages.badgers.test/runbooks',
  postgresImage: `registry.badgers.test:5000/store/postgresql:18.6-system-trixie@sha256:${'0123456789abcdef'.repeat(4)}`,
  backups: 's3://badger-backups/store',
  backupEndpoint: 'https://s3.badgers.test',
  database: 'db.badgers.test:6432/store?sslmode=verify-full&sslrootcert=/run/secrets/store/postgres-ca.crt',
  databaseNetwork: '10.1.2.0/24',
  redis: 'redis.badgers.test:6380',
  redisNetwork: '10.1.3.0/24',
};

export interface Kustomization {
  components: string[];
  images: unknown[];
}

/** A copy of the production overlay, at the same depth, with these values and changes. */
export async function copyProduction(
  name: string,
  changed: Readonly<Record<string, string>>,
  change: (kustomization: Kustomization) => void = () => undefined,
): Promise<string> {
  const folder = join(root, 'test-output', name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await cp(production, folder, { recursive: true });
  const valuesFile = join(folder, 'values.yaml');
  const object = parse(await readFile(valuesFile, 'utf8')) as { data: Record<string, string> };
  Object.assign(object.data, changed);
  await writeFile(valuesFile, stringify(object));
  const file = join(folder, 'kustomization.yaml');
  const kustomization = parse(await readFile(file, 'utf8')) as Kustomization;
  change(kustomization);
  await writeFile(file, stringify(kustomization));
  return folder;
}

/** Gives each image a digest, without a registry. */
export function pin(kustomization: Kustomization): void {
  const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
  kustomization.images = ['badger-store/gateway', 'badger-store/inventory', 'badger-store/checkout', 'redis'].map(
    (name) => ({ name, digest }),
  );
}
