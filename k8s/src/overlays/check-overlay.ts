import { join } from 'node:path';
import { findKubectl, kustomize } from '../manifests/kubectl';
import { getContainers, getWorkloads, ofKind, parseObjects, type KubernetesObject } from '../manifests/objects';
import { schemaErrors } from '../manifests/schema';
import { describePlaceholders, findPlaceholders } from './placeholders';
import { readValues } from './values';

/** What keeps an overlay from being deployed, one line each. An overlay that allows insecure settings is for tests, and may have tags. */
export async function checkOverlay(folder: string): Promise<string[]> {
  const objects = parseObjects(folder, await kustomize(await findKubectl(), folder));
  const valuesFile = join(folder, 'values.yaml');
  return [
    ...objects.flatMap(schemaErrors),
    ...describePlaceholders(findPlaceholders(objects), await readValues(valuesFile), valuesFile),
    ...(isForTests(objects) ? [] : findTags(objects)),
  ];
}

const isForTests = (objects: readonly KubernetesObject[]) =>
  ofKind(objects, 'ConfigMap').some(({ data }) => data?.DANGEROUSLY_ALLOW_INSECURE_SETTINGS === '1');

function findTags(objects: readonly KubernetesObject[]): string[] {
  const images = [
    ...getWorkloads(objects).flatMap((workload) => getContainers(workload).map(({ image }) => image)),
    ...ofKind(objects, 'Cluster').map(({ spec }) => spec.imageName as string),
  ];
  return [...new Set(images)]
    .filter((image) => !/@sha256:[0-9a-f]{64}$/.test(image))
    .map((image) => `${image} has no digest. Run npx nx run k8s:pin`);
}
