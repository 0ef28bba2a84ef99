import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isStress } from '@badger-store/test-kit';
import { findKubectl, kustomize } from './kubectl';
import { parseObjects, services, type KubernetesObject } from './objects';

/** `npm run test:manifests`. */
export const isManifestsSuite = process.env.MANIFESTS === '1';
const root = join(__dirname, '../..');
const scratch = resolve(root, 'test-output', 'variants');

/** Those that change what others make come after them. */
const optional = [
  'network-policies',
  'https',
  'autoscaling',
  'gateway-api',
  'image-policy',
  'monitoring',
  'tracing',
  'external-postgres',
  'stripe',
];
const redisChoices = [[], ['external-redis'], ['redis-cluster']];

export const overlays = ['local', 'production'] as const;

export interface Variant {
  readonly name: string;
  readonly components: readonly string[];
  readonly yaml: string;
  readonly objects: readonly KubernetesObject[];
}

/** Every mix with `npm run test:stress`; none, each alone, and all with `npm run test:manifests`; none and all with `npm test`. */
export function mixes(): string[][] {
  const subsets = optional.reduce<string[][]>((sets, name) => [...sets, ...sets.map((set) => [...set, name])], [[]]);
  const all = redisChoices.flatMap((choice) => subsets.map((set) => [...set, ...choice]));
  // The alternatives to gateway-api and external-postgres.
  all.push(['ingress'], ['network-policies', 'cloudnative-pg']);
  all.push(
    ['https', 'cert-manager'],
    ['https', 'redis-cluster', 'cert-manager'],
    ['https', 'cert-manager', 'external-redis'],
  );
  return isStress
    ? all
    : all.filter(
        (mix) =>
          mix.length <= (isManifestsSuite ? 1 : 0) ||
          mix.includes('cloudnative-pg') ||
          mix.includes('cert-manager') ||
          optional.every((name) => mix.includes(name)),
      );
}

export const overlay = async (name: (typeof overlays)[number]): Promise<Variant> =>
  toVariant(`overlays/${name}`, [], await kustomize(await findKubectl(), join(root, 'overlays', name)));

/** What an overlay that names these components would have of the base. */
export async function mix(components: readonly string[]): Promise<Variant> {
  const name = components.join('+').replaceAll('/', '-') || 'base';
  const folder = join(scratch, name);
  await mkdir(folder, { recursive: true });
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: ['../../../base'],
    components: components.map((component) => `../../../components/${component}`),
    images: services.map((service) => ({
      name: `badger-store/${service}`,
      digest: `sha256:${'0123456789abcdef'.repeat(4)}`,
    })),
  };
  await writeFile(join(folder, 'kustomization.yaml'), JSON.stringify(kustomization));
  return toVariant(name, components, await kustomize(await findKubectl(), folder));
}

/** All that the rules are held against, two at a time. */
export async function everyVariant(): Promise<Variant[]> {
  await findKubectl();
  const jobs = [...overlays.map((name) => () => overlay(name)), ...mixes().map((components) => () => mix(components))];
  const variants: Variant[] = [];
  const worker = async () => {
    for (let job = jobs.shift(); job; job = jobs.shift()) variants.push(await job());
  };
  await Promise.all([worker(), worker()]);
  return variants;
}

function toVariant(name: string, components: readonly string[], yaml: string): Variant {
  return { name, components, yaml, objects: parseObjects(name, yaml) };
}
