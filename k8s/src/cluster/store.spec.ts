import { join } from 'node:path';
import type { Container, KubernetesObject } from '../manifests/objects';
import { services } from '../manifests/objects';
import { schemaErrors } from '../manifests/schema';
import { renderStore } from './store';

const project = join(__dirname, '../../..');
let objects: readonly KubernetesObject[];
const find = (kind: string, name: string) =>
  objects.find((object) => object.kind === kind && object.metadata.name === name);

beforeAll(async () => {
  objects = await renderStore({ project, namespace: 'a-test', tag: 'next', cloudNativePg: undefined });
});

it('every object is in the namespace of the run', () => {
  expect(new Set(objects.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['a-test']));
});

it('the store has three Redis nodes and two pods of each service, from images of the tag', () => {
  expect(find('StatefulSet', 'redis')?.spec.replicas).toBe(3);
  for (const service of services) {
    const { replicas, template } = find('Deployment', service)?.spec ?? {};
    expect(replicas).toBe(2);
    const containers = [...template.spec.initContainers, ...template.spec.containers] as Container[];
    expect(new Set(containers.map(({ image }) => image))).toEqual(new Set([`badger-store/${service}:next`]));
  }
});

it('the gateway is open to the ingress namespace of the run, and to no other', () => {
  const policies = JSON.stringify(objects.filter(({ kind }) => kind === 'NetworkPolicy'));
  expect(policies).toContain('"kubernetes.io/metadata.name":"a-test-ingress"');
  expect(policies).not.toContain('ingress-nginx');
});

it('with --cloudnative-pg the store has a Cluster of the image, and no other PostgreSQL', async () => {
  const image = 'images.test/postgresql:17';
  const others = await renderStore({ project, namespace: 'a-test', tag: 'next', cloudNativePg: image });
  expect(others.flatMap(schemaErrors)).toEqual([]);
  const stores = others.filter(({ kind }) => ['Cluster', 'StatefulSet'].includes(kind));
  expect(stores.map(({ metadata }) => metadata.name).sort()).toEqual(['postgres', 'redis']);
  const cluster = stores.find(({ kind }) => kind === 'Cluster');
  expect(cluster?.spec).toMatchObject({ imageName: image, instances: 3 });
  expect(cluster?.spec).not.toHaveProperty('backup');
});
