import { join } from 'node:path';
import { findKubectl, kustomize } from './manifests/kubectl';
import { named, parseObjects } from './manifests/objects';
import { schemaErrors } from './manifests/schema';

it('the manifests of Traefik are objects that Kubernetes knows, and its entry points have the ports of the Gateway', async () => {
  const folder = join(__dirname, '../traefik');
  const objects = parseObjects(folder, await kustomize(await findKubectl(), folder));
  // The vendored schemas of the Gateway API are of what the store has.
  expect(objects.filter(({ kind }) => kind !== 'GatewayClass').flatMap(schemaErrors)).toEqual([]);
  const [container] = named(objects, 'Deployment', 'traefik').spec.template.spec.containers as { args: string[] }[];
  const ports = (container?.args ?? []).flatMap((arg) => /^--entryPoints\.\w+\.address=:(\d+)$/.exec(arg)?.[1] ?? []);
  expect(ports).toEqual(['80', '443']);
}, 30_000);
