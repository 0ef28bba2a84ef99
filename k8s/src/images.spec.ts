import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import images from '../../docker/images.json';
import { findKubectl, kustomize } from './manifests/kubectl';

const root = join(__dirname, '../..');
const versions: Readonly<Record<string, string>> = images;

const kustomizations = ['k8s/base/kustomization.yaml', 'k8s/overlays/local/postgres/kustomization.yaml'];
const others = [
  ...readdirSync(join(root, 'docker'))
    .filter((name) => /^compose.*\.yaml$|^Dockerfile$|^README\.md$/.test(name))
    .map((name) => `docker/${name}`),
  '.github/workflows/ci.yml',
];

/** The images of other projects that a file names, as `redis:8.2.9-bookworm`. */
function findImages(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  if (kustomizations.includes(file)) {
    const { images: set } = parse(text) as { images: readonly { name: string; newTag: string }[] };
    return set.map(({ name, newTag }) => `${name}:${newTag}`);
  }
  const named = [...text.matchAll(/(?:^ +image: |NODE_IMAGE(?:=|` +\| `))([\w./-]+:[\w.-]+)/gm)];
  return named.map(([, image = '']) => image);
}

it.each([...kustomizations, ...others])('%s names the versions of docker/images.json', (file) => {
  const wrong = findImages(file).filter((image) => {
    const [name = '', tag] = image.split(':');
    return versions[name] !== tag;
  });
  expect(wrong).toEqual([]);
});

it('each image of docker/images.json is in use', () => {
  const used = new Set([...kustomizations, ...others].flatMap(findImages));
  expect(
    Object.entries(versions)
      .map(([name, tag]) => `${name}:${tag}`)
      .sort(),
  ).toEqual([...used].sort());
});

it('Redis is 8.2.2 or later, which fixes CVE-2025-49844', () => {
  const [major = 0, minor = 0, patch = 0] = images.redis.split(/[.-]/).map(Number);
  expect(major * 1e6 + minor * 1e3 + patch).toBeGreaterThanOrEqual(8_002_002);
});

it('the overlay release is the overlay local with the images of the overlay production', async () => {
  const kubectl = await findKubectl();
  const render = (name: string) => kustomize(kubectl, join(root, 'k8s/overlays', name));
  const [local, release, production] = await Promise.all(['local', 'release', 'production'].map(render));
  const toImages = (yaml = '') => new Set([...yaml.matchAll(/^ +image: (.+)$/gm)].map(([, image = '']) => image));
  expect(release?.replace(/^( +image: badger-store\/\w+):.+$/gm, '$1:local')).toBe(local);
  const fromRelease = [...toImages(release)].filter((image) => !image.startsWith('postgres:'));
  expect(fromRelease.sort()).toEqual([...toImages(production)].sort());
});
