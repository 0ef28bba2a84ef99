import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { services } from '../manifests/objects';
import type { Kubernetes, Pod } from './kubernetes';
import type { Options } from './options';

const role = 'cnpg.io/instanceRole';

/**
 * What a kustomization of the store lists for its PostgreSQL: that of `local`, or with --cloudnative-pg three instances, without backups and with
 * little of everything.
 */
export function listPostgres(image: string | undefined, manifests: (path: string) => string) {
  if (image === undefined) return { resources: [manifests('overlays/local/postgres')], components: [], patches: [] };
  const set = (path: string, value: unknown) => ({ op: 'replace', path: `/spec/${path}`, value });
  const remove = (path: string) => ({ op: 'remove', path: `/spec/${path}` });
  const changes = [
    set('imageName', image),
    set('storage', { size: '2Gi' }),
    set('resources/requests', { cpu: '100m', memory: '256Mi' }),
    set('postgresql/parameters', { max_connections: '200' }),
    remove('backup'),
  ];
  return {
    resources: [],
    components: [manifests('components/cloudnative-pg')],
    patches: [
      { target: { kind: 'Cluster', name: 'postgres' }, patch: JSON.stringify(changes) },
      {
        patch: JSON.stringify({
          apiVersion: 'postgresql.cnpg.io/v1',
          kind: 'ScheduledBackup',
          metadata: { name: 'postgres' },
          $patch: 'delete',
        }),
      },
      // After overlays/local/seed.yaml, which knows nothing of it.
      {
        target: { kind: 'Deployment', name: 'inventory' },
        patch: JSON.stringify([
          {
            op: 'add',
            path: '/spec/template/spec/initContainers/1/volumeMounts/-',
            value: { name: 'postgres-ca', mountPath: '/run/secrets/postgres', readOnly: true },
          },
        ]),
      },
    ],
  };
}

/** The Secrets with the passwords of the roles, from the folder of make-secrets. */
export async function createRoleSecrets(kubernetes: Kubernetes, options: Options, folder: string): Promise<void> {
  const roles = services.flatMap((service) => [service, `${service}_owner`]);
  const secrets = roles.map(async (username) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/basic-auth',
    metadata: { name: `postgres-${username.replace('_', '-')}`, namespace: options.namespace },
    stringData: { username, password: await readFile(join(folder, `postgres/${username}-password`), 'utf8') },
  }));
  await kubernetes.apply(await Promise.all(secrets));
}

/** The pod that accepts writes. */
export async function getPostgres(kubernetes: Kubernetes): Promise<Pod> {
  const output = await kubernetes.inStore(['get', 'pods', '-l', 'app.kubernetes.io/name=postgres', '-o', 'json']);
  const primary = (JSON.parse(output) as { items: Pod[] }).items.find(
    ({ metadata, status }) =>
      metadata.deletionTimestamp === undefined &&
      status.phase === 'Running' &&
      (metadata.labels[role] ?? 'primary') === 'primary' &&
      metadata.labels['cnpg.io/jobRole'] === undefined,
  );
  if (!primary) throw new Error('PostgreSQL has no running primary.');
  return primary;
}

/** Resolves to the rows, as lines of text. */
export async function runSql(kubernetes: Kubernetes, sql: string): Promise<string> {
  const { metadata } = await getPostgres(kubernetes);
  const psql = ['psql', '-U', 'postgres', '-d', 'badger_store', '-v', 'ON_ERROR_STOP=1', '-qAtc', sql];
  return kubernetes.inStore(['exec', metadata.name, '-c', 'postgres', '--', ...psql]);
}

/** Whether the operator has as many instances ready as it wants, or none is in use. */
export async function isPostgresReady(kubernetes: Kubernetes, options: Options): Promise<boolean> {
  if (options.cloudNativePg === undefined) return true;
  interface Cluster {
    readonly spec: { readonly instances: number };
    readonly status?: { readonly readyInstances?: number };
  }
  const clusters = await kubernetes.list<Cluster>('clusters.postgresql.cnpg.io', options.namespace);
  return clusters.every(({ spec, status }) => status?.readyInstances === spec.instances);
}
