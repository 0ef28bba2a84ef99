import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { named, getWorkloads, ofKind, type KubernetesObject } from './manifests/objects';
import { mix, overlay } from './manifests/variants';

const megabytes = (text = '') => Number(/^(\d+)(mb|Mi)$/i.exec(text)?.[1]);

const podOf = (service: { selector: Record<string, string> }) => service.selector['statefulset.kubernetes.io/pod-name'];

const getRedis = (objects: readonly KubernetesObject[]) => {
  const workload = getWorkloads(objects).find(({ name }) => name === 'redis');
  if (!workload) throw new Error('There is no StatefulSet redis.');
  const files = workload.pod.volumes?.find(({ name }) => name === 'files')?.configMap?.name ?? '';
  const [container] = workload.pod.containers;
  const configuration = named(objects, 'ConfigMap', files).data['redis.conf'] as string;
  const setting = (name: string) => new RegExp(`^${name} (.*)$`, 'm').exec(configuration)?.[1];
  return { ...workload, container, setting, spec: workload.object.spec };
};

describe.each([
  ['under Sentinel', []],
  ['as a Cluster', ['redis-cluster']],
])('Redis %s', (_, components) => {
  let redis: ReturnType<typeof getRedis>;
  beforeAll(async () => {
    redis = getRedis((await mix(components)).objects);
  });

  it('refuses writes before the container runs out of memory, and evicts no key', () => {
    expect(redis.setting('maxmemory-policy')).toBe('noeviction');
    expect(megabytes(redis.setting('maxmemory'))).toBeLessThan(
      0.6 * megabytes(redis.container?.resources?.limits?.memory),
    );
  });

  it('keeps its data across restarts', () => {
    expect(redis.setting('appendonly')).toBe('yes');
    expect(redis.spec.volumeClaimTemplates).toHaveLength(1);
    expect(redis.container?.volumeMounts).toContainEqual({ name: 'data', mountPath: '/data' });
  });

  it('accepts only TLS, and hands over before it stops', () => {
    expect([redis.setting('port'), redis.setting('tls-port')]).toEqual(['0', '6379']);
    expect(JSON.stringify(redis.container?.lifecycle)).toContain('/etc/redis/hand-over');
  });

  it('has a Service for each pod, and the settings of the services list all names', async () => {
    const { objects } = await mix(components);
    const nodes = redis.container?.env?.find(({ name }) => name === 'REDIS_NODES')?.value?.split(' ') ?? [];
    expect(nodes).toEqual(Array.from({ length: redis.spec.replicas }, (__, index) => `redis-${index}`));
    const addressed = ofKind(objects, 'Service').filter(({ spec }) => podOf(spec) !== undefined);
    expect(addressed.map(({ metadata }) => metadata.name).sort()).toEqual(nodes);
    for (const { metadata, spec } of addressed) {
      expect([podOf(spec), spec.publishNotReadyAddresses, spec.clusterIP]).toEqual([metadata.name, true, undefined]);
    }
    const settings = objects.find(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith('redis-settings'),
    );
    const listed: string = settings?.data.REDIS_SENTINELS ?? settings?.data.REDIS_CLUSTER_NODES;
    expect(listed.split(',').map((place) => place.split(':')[0])).toEqual(nodes);
  });
});

it('a single node lists itself alone, so that it does not wait for replicas', async () => {
  const { objects } = await overlay('local');
  const { pod, spec } = getRedis(objects);
  expect(spec.replicas).toBe(1);
  for (const { env } of pod.containers) expect(env).toContainEqual({ name: 'REDIS_NODES', value: 'redis-0' });
});

it('replicas and sentinels have their own ACL users', () => {
  const users = readFileSync(join(__dirname, '../../docker/redis/users.acl.example'), 'utf8');
  for (const user of ['replication', 'sentinel']) {
    const [rule = ''] = users.match(new RegExp(`^user ${user} on .*$`, 'm')) ?? [];
    expect(rule).toContain('resetchannels');
    expect(rule).not.toMatch(/~|\+@all/);
  }
});
