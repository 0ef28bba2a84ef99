import type { KubernetesObject } from './manifests/objects';
import { schemaErrors } from './manifests/schema';

const deployment = (change: (spec: { replicas: unknown; template: { spec: Record<string, unknown> } }) => void) => {
  const spec = {
    replicas: 1,
    selector: { matchLabels: { a: 'b' } },
    template: {
      metadata: { labels: { a: 'b' } },
      spec: { containers: [{ name: 'c', image: 'i' }] } as Record<string, unknown>,
    },
  };
  change(spec);
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec } as KubernetesObject;
};

it('an object as Kubernetes wants it has no errors', () => {
  expect(schemaErrors(deployment(() => undefined))).toEqual([]);
});

it.each([
  ['an unknown field', deployment((spec) => Object.assign(spec, { replicaz: 3 })), '/spec/replicaz: unknown field'],
  [
    'an unknown field deep down',
    deployment(({ template }) => (template.spec.volumes = [{ name: 'v', emptyDir: { sizelimit: '1Mi' } }])),
    'sizelimit: unknown field',
  ],
  ['a wrong type', deployment((spec) => (spec.replicas = '3')), '/spec/replicas: type'],
  ['a missing field', deployment(({ template }) => delete template.spec.containers), 'required'],
  [
    'a bad quantity',
    deployment(
      ({ template }) =>
        (template.spec.containers = [{ name: 'c', image: 'i', resources: { limits: { memory: '64Mib' } } }]),
    ),
    '/memory',
  ],
  ['an unknown kind', { ...deployment(() => undefined), apiVersion: 'apps/v9' }, 'there is no schema'],
])('%s is an error', (_, object, message) => {
  expect(schemaErrors(object as KubernetesObject).join()).toContain(message);
});

const route = (spec: object) =>
  ({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'r' },
    spec,
  }) as KubernetesObject;

it.each([
  [{ rules: [{ timeouts: { request: '30s' }, backendRefs: [{ name: 'gateway', port: 80 }] }] }, ''],
  [{ rules: [{ timeouts: { requests: '30s' } }] }, 'timeouts/requests: unknown field'],
  [{ rules: [{ timeouts: { request: '30 s' } }] }, '/spec/rules/0/timeouts/request: pattern'],
  [{ rules: [{ backendRefs: [{ port: 80 }] }] }, 'required'],
])('the route %j is checked by the CRD of the Gateway API', (spec, error) => {
  const errors = schemaErrors(route(spec)).join();
  if (error === '') expect(errors).toBe('');
  else expect(errors).toContain(error);
});
