import manifest from '../../services.json';
import { mayConnect, type Peer } from './manifests/network';
import { services, getWorkloads, ofKind, type KubernetesObject, type Labels } from './manifests/objects';
import { isManifestsSuite, mix, overlay } from './manifests/variants';

const controller: Peer = { namespace: { 'kubernetes.io/metadata.name': 'ingress-nginx' }, labels: {} };
/** Prometheus, the collector of traces, and their like. */
const monitoring: Peer = { namespace: { 'kubernetes.io/metadata.name': 'monitoring' }, labels: {} };
/** Of CloudNativePG. */
const operator: Peer = { namespace: { 'kubernetes.io/metadata.name': 'cnpg-system' }, labels: {} };
const stranger: Peer = {
  namespace: { 'kubernetes.io/metadata.name': 'default' },
  labels: { 'app.kubernetes.io/name': 'gateway' },
};
const newcomer: Peer = { labels: { 'app.kubernetes.io/name': 'debug' } };
const ports = [3000, 3443, 9000, 6379, 26379, 16379, 5432, 8000, 9187, 4318, 443, 80];

/** Every connection that is open, as `from → to:port`. */
function connections(objects: readonly KubernetesObject[]): string[] {
  const pods = [
    ...getWorkloads(objects),
    // The operator makes these pods.
    ...ofKind(objects, 'Cluster').map(({ metadata: { name }, spec }) => ({
      name,
      labels: { ...(spec.inheritedMetadata.labels as Labels), 'cnpg.io/cluster': name },
    })),
  ].map(({ name, labels }): { name: string; peer: Peer } => ({ name, peer: { labels } }));
  const others = Object.entries({ controller, monitoring, operator, stranger, newcomer }).map(([name, peer]) => ({
    name,
    peer,
  }));
  return [...pods, ...others].flatMap((from) =>
    [...pods, { name: 'newcomer', peer: newcomer }, { name: 'monitoring', peer: monitoring }].flatMap((to) =>
      ports
        // What two strangers do is not ours to say.
        .filter(() => !(from.peer.namespace && to.peer.namespace))
        .filter((port) => mayConnect(objects, from.peer, to.peer, port))
        .map((port) => `${from.name} → ${to.name}:${port}`),
    ),
  );
}

/** What the manifest says, and the keys of userTokens, for which every service asks the gateway. */
const callsAt = (port: number) =>
  Object.entries(manifest).flatMap(([from, { forwardsTo, calls }]) =>
    [...new Set<string>([...forwardsTo, ...calls])].map((to) => `${from} → ${to}:${port}`),
  );
const callsToAdmin = Object.entries(manifest).flatMap(([from, { calls }]) =>
  calls.filter((to: string) => to === 'gateway').map((to) => `${from} → ${to}:9000`),
);
const between = [...callsAt(3000), ...callsToAdmin];
const overHttps = callsAt(3443);
const watched = services.map((service) => `monitoring → ${service}:9000`);
const traced = services.map((service) => `${service} → monitoring:4318`);
const door = 'controller → gateway:3000';
const toRedis = (...open: number[]) => services.flatMap((from) => open.map((port) => `${from} → redis:${port}`));
const toPostgres = services.filter((name) => manifest[name].database).map((from) => `${from} → postgres:5432`);

describe('of all connections, those alone are open that are needed', () => {
  const mixes: [string, string[], string[]][] = [
    [
      'with the store’s own Redis',
      ['network-policies'],
      [...toRedis(6379, 26379), 'redis → redis:6379', 'redis → redis:26379'],
    ],
    ['with a Redis outside', ['network-policies', 'external-redis'], []],
    [
      'with a Redis Cluster',
      ['network-policies', 'redis-cluster'],
      [...toRedis(6379), 'redis → redis:6379', 'redis → redis:16379'],
    ],
    [
      'with all that may be added',
      ['network-policies', 'autoscaling', 'ingress', 'monitoring', 'tracing', 'external-postgres', 'stripe'],
      [...toRedis(6379, 26379), 'redis → redis:6379', 'redis → redis:26379', ...traced],
    ],
  ];
  it.each(isManifestsSuite ? mixes : mixes.slice(-1))('%s', async (_, components, redis) => {
    const { objects } = await mix(components);
    expect(connections(objects).sort()).toEqual([...between, ...watched, door, ...redis].sort());
  });

  const httpsMixes: [string, string[]][] = [
    ['https', overHttps],
    ['https/call', [...between, ...overHttps]],
    ['https/listen', [...between, ...overHttps]],
  ];
  it.each(isManifestsSuite ? httpsMixes : httpsMixes.slice(0, 1))('with %s', async (component, expected) => {
    const { objects } = await mix(['network-policies', component]);
    const redis = [...toRedis(6379, 26379), 'redis → redis:6379', 'redis → redis:26379'];
    expect(connections(objects).sort()).toEqual([...expected, ...watched, door, ...redis].sort());
  });

  it('with CloudNativePG', async () => {
    const { objects } = await mix(['network-policies', 'cloudnative-pg']);
    const found = connections(objects).filter((one) => /postgres/.test(one));
    expect(found.sort()).toEqual(
      [
        ...toPostgres,
        'postgres → postgres:5432',
        'postgres → postgres:8000',
        'operator → postgres:5432',
        'operator → postgres:8000',
        'monitoring → postgres:9187',
        // As any address at this port: the API of Kubernetes and the object store have no labels.
        'postgres → monitoring:443',
      ].sort(),
    );
  });

  it('in the local overlay, with a PostgreSQL', async () => {
    const { objects } = await overlay('local');
    const redis = [...toRedis(6379, 26379), 'redis → redis:6379', 'redis → redis:26379'];
    const databases = [...toPostgres, 'postgres-backup → postgres:5432'];
    expect(connections(objects).sort()).toEqual([...overHttps, ...watched, door, ...redis, ...databases].sort());
  });

  it('in production, as in the mix that it is', async () => {
    const { objects } = await overlay('production');
    const proxy = { namespace: { 'kubernetes.io/metadata.name': 'proxy-namespace.example' }, labels: {} };
    expect(mayConnect(objects, proxy, { labels: { 'app.kubernetes.io/name': 'gateway' } }, 3000)).toBe(true);
    expect(connections(objects).filter((one) => /checkout:(3000|3443)$/.test(one))).toEqual([
      'gateway → checkout:3443',
      'inventory → checkout:3443',
    ]);
  });
});

it('without the policies everything is open, so that the rules above are seen to do something', async () => {
  const { objects } = await mix([]);
  expect(connections(objects)).toContain('newcomer → redis:6379');
});

it('what is outside is reached where a component says so, and nowhere else', async () => {
  const outside = (objects: readonly KubernetesObject[]) =>
    objects
      .filter(({ kind }) => kind === 'NetworkPolicy')
      .flatMap(({ metadata, spec }) =>
        (spec.egress ?? [])
          .filter((rule: { to?: { ipBlock?: object }[] }) => !rule.to || rule.to.some(({ ipBlock }) => ipBlock))
          .map((rule: { ports: { port: number }[] }) => `${metadata.name}:${rule.ports.map(({ port }) => port)}`),
      );
  expect(outside((await mix(['network-policies'])).objects)).toEqual([]);
  expect(outside((await mix(['network-policies', 'cloudnative-pg'])).objects)).toEqual(['postgres-instances:443,6443']);
  expect(
    outside((await mix(['network-policies', 'external-postgres', 'stripe', 'external-redis'])).objects).sort(),
  ).toEqual(['checkout:443', 'services-to-postgres:5432', 'services-to-redis:6379']);
});
