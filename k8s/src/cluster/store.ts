import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { findKubectl, kustomize } from '../manifests/kubectl';
import { services, type KubernetesObject } from '../manifests/objects';
import { until, type Kubernetes, type Pod, type Workload } from './kubernetes';
import type { Options } from './options';
import { createRoleSecrets, isPostgresReady, listPostgres, runSql } from './postgres';
import { runProgram } from './run-program';

/** Widened, so that a load passes them. */
const rateLimits = [
  'RATE_LIMIT_ADDRESS_PER_MINUTE',
  'RATE_LIMIT_SESSION_PER_MINUTE',
  'RATE_LIMIT_API_KEY_PER_MINUTE',
  'RATE_LIMIT_AUTH_PER_MINUTE',
];

/** Marks the namespaces that a run created, and may delete. */
const ownLabel = 'badger-store.test/cluster-test';
/** So large that no story sells out. */
const stock = 1_000_000;

export const ingressNamespace = ({ namespace }: Options) => `${namespace}-ingress`;
export const otherNamespace = ({ namespace }: Options) => `${namespace}-other`;
/** The origins of the store under test, through forwarded ports. */
export const origin = 'http://localhost:3000';
export const secureOrigin = 'https://localhost:8443';
const namespaces = (options: Options) => [options.namespace, ingressNamespace(options), otherNamespace(options)];

/** What a cluster of several nodes runs: the base with a PostgreSQL, payments that move no money, and limits that no customer reaches. */
export async function renderStore(
  options: Pick<Options, 'project' | 'namespace' | 'tag' | 'cloudNativePg'>,
): Promise<KubernetesObject[]> {
  const { project, namespace, tag, cloudNativePg } = options;
  const folder = await mkdtemp(join(tmpdir(), 'badger-overlay-'));
  const manifests = (path: string) => relative(folder, join(project, 'k8s', path));
  const merge = (name: string, literals: string[]) => ({ name: `${name}-settings`, behavior: 'merge', literals });
  const origins = `FIRST_PARTY_ORIGINS=${origin},${secureOrigin}`;
  const postgres = listPostgres(cloudNativePg, manifests);
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    namespace,
    resources: [manifests('base'), ...postgres.resources],
    components: [
      ...['network-policies', 'https'].map((name) => manifests(`components/${name}`)),
      ...postgres.components,
    ],
    configMapGenerator: [
      merge('gateway', [origins, ...rateLimits.map((name) => `${name}=1000000`)]),
      merge('checkout', [origins, 'PAYMENT_METHODS=test,invoice', 'DANGEROUSLY_ALLOW_INSECURE_SETTINGS=1']),
    ],
    patches: [
      { patch: await readFile(join(project, 'k8s/overlays/local/seed.yaml'), 'utf8') },
      // A pod of each service fits on every node of two cores.
      {
        target: { kind: 'Deployment', labelSelector: 'app.kubernetes.io/component=service' },
        patch: JSON.stringify([
          { op: 'replace', path: '/spec/template/spec/containers/0/resources/requests/cpu', value: '100m' },
        ]),
      },
      ...postgres.patches,
    ],
    images: services.map((service) => ({ name: `badger-store/${service}`, newTag: tag })),
  };
  try {
    await writeFile(join(folder, 'kustomization.yaml'), JSON.stringify(kustomization));
    const yaml = await kustomize(await findKubectl(), folder);
    // The run has an ingress namespace of its own.
    const own = yaml.replaceAll(
      'kubernetes.io/metadata.name: ingress-nginx',
      `kubernetes.io/metadata.name: ${namespace}-ingress`,
    );
    return parseAllDocuments(own, { version: '1.1' }).map((document) => document.toJS() as KubernetesObject);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The namespaces of an earlier run with --keep exist. Throws if a namespace exists that no run created. */
export async function isStoreThere(kubernetes: Kubernetes, options: Options): Promise<boolean> {
  let found = 0;
  for (const name of namespaces(options)) {
    const output = await kubernetes.kubectl(['get', 'namespace', name, '--ignore-not-found', '-o', 'json']);
    if (output === '') continue;
    const { metadata } = JSON.parse(output) as { metadata: { labels?: Record<string, string> } };
    if (metadata.labels?.[ownLabel] === undefined)
      throw new Error(`The namespace ${name} exists, and no cluster test created it. Choose another --namespace.`);
    found++;
  }
  return found === namespaces(options).length;
}

export async function deleteStore(kubernetes: Kubernetes, options: Options): Promise<void> {
  await isStoreThere(kubernetes, options);
  const args = ['delete', 'namespace', ...namespaces(options), '--ignore-not-found', '--timeout=170s'];
  await kubernetes.kubectl(args, { timeoutMs: 180_000 });
}

/** Resolves to the time at which the objects were applied: the namespaces and Secrets were there before. */
export async function createStore(kubernetes: Kubernetes, options: Options): Promise<number> {
  const objects = await renderStore(options);
  await createNamespaces(kubernetes, options);
  await createSecrets(kubernetes, options, objects);
  const appliedAt = Date.now();
  await kubernetes.apply(objects);
  return appliedAt;
}

async function createNamespaces(kubernetes: Kubernetes, options: Options): Promise<void> {
  const pods = 'pod-security.kubernetes.io';
  await kubernetes.apply(
    namespaces(options).map((name) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name,
        labels: { [ownLabel]: 'yes', [`${pods}/enforce`]: 'restricted', [`${pods}/warn`]: 'restricted' },
      },
    })),
  );
}

/** With certificates for the names by which the manifests address Redis. */
async function createSecrets(
  kubernetes: Kubernetes,
  options: Options,
  objects: readonly KubernetesObject[],
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'badger-secrets-'));
  try {
    const script = join(options.project, 'docker/make-secrets.mjs');
    await runProgram(process.execPath, [script, folder, '--redis-names', getRedisNames(objects)]);
    for (const name of await readdir(folder)) {
      if (name === 'ca') continue;
      await kubernetes.inStore(['create', 'secret', 'generic', `${name}-files`, `--from-file=${join(folder, name)}`]);
    }
    if (options.cloudNativePg !== undefined) await createRoleSecrets(kubernetes, options, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function getRedisNames(objects: readonly KubernetesObject[]): string {
  const [, names] = /"name":"REDIS_NODES","value":"([^"]+)"/.exec(JSON.stringify(objects)) ?? [];
  if (names === undefined) throw new Error('No container has the variable REDIS_NODES.');
  return names.split(' ').join();
}

export async function fillStock(kubernetes: Kubernetes): Promise<void> {
  await runSql(kubernetes, `update inventory.items set stock = ${stock}`);
}

/** The pods of every workload are those of the last change, and ready; with `available` also for as long as the workload asks for. */
export async function awaitReady(
  kubernetes: Kubernetes,
  options: Options,
  wanted: 'ready' | 'available' = 'available',
): Promise<void> {
  await until(
    `all pods are ${wanted}`,
    async () => {
      const workloads = await kubernetes.list<Workload>('deployments,statefulsets', options.namespace);
      const isReady = ({ metadata, spec, status }: Workload) => {
        const ready = wanted === 'ready' ? status.readyReplicas : status.availableReplicas;
        return (
          status.observedGeneration === metadata.generation &&
          status.replicas === spec.replicas &&
          ready === spec.replicas &&
          status.updatedReplicas === spec.replicas &&
          status.currentRevision === status.updateRevision
        );
      };
      if (workloads.length === 0 || !workloads.every(isReady)) return false;
      if (!(await isPostgresReady(kubernetes, options))) return false;
      const pods = await kubernetes.list<Pod>('pods', options.namespace, 'app.kubernetes.io/part-of=badger-store');
      return pods.every(({ metadata }) => metadata.deletionTimestamp === undefined);
    },
    300_000,
  );
}

/** The pods of a service or store that are not about to stop. */
export async function getPods(kubernetes: Kubernetes, options: Options, name: string): Promise<Pod[]> {
  const pods = await kubernetes.list<Pod>('pods', options.namespace, `app.kubernetes.io/name=${name}`);
  return pods.filter(({ metadata, status }) => metadata.deletionTimestamp === undefined && status.phase === 'Running');
}

/** The Redis pod that the sentinels name. */
export async function getPrimary(kubernetes: Kubernetes, options: Options): Promise<Pod> {
  const pods = await getPods(kubernetes, options, 'redis');
  const ask =
    'redis-cli --tls --cacert /run/secrets/redis/ca.crt -h "$POD_IP" -p 26379 sentinel get-master-addr-by-name badger';
  for (const pod of pods) {
    const reply = await kubernetes
      .inStore(['exec', pod.metadata.name, '-c', 'sentinel', '--', 'sh', '-c', ask])
      .catch(() => '');
    const [address = ''] = reply.split('\n');
    const primary = pods.find(
      ({ metadata, status }) => address.split('.')[0] === metadata.name || address === status.podIP,
    );
    if (primary) return primary;
  }
  throw new Error('No sentinel names a primary among the pods.');
}
