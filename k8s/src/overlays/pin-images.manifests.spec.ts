import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import images from '../../../docker/images.json';
import { checkOverlay } from './check-overlay';
import { pinImages } from './pin-images';
import { copyProduction, values } from './testing/copy-overlay';

let folder: string;
let docker: string;

/** A `docker` that knows these images, and prints what `buildx imagetools inspect` prints. */
async function useDocker(known: Readonly<Record<string, string>>): Promise<void> {
  const program = `#!${process.execPath}
const [buildx, imagetools, inspect, reference, format, template] = process.argv.slice(2);
if ([buildx, imagetools, inspect, format, template].join(' ') !== 'buildx imagetools inspect --format {{json .Manifest}}') process.exit(2);
const digest = ${JSON.stringify(known)}[reference];
if (digest === undefined) { console.error(reference + ': not found'); process.exit(1); }
console.log(JSON.stringify({ schemaVersion: 2, digest }));
`;
  await writeFile(docker, program);
  await chmod(docker, 0o755);
}

const digestOf = (letter: string) => `sha256:${letter.repeat(64)}`;
const postgresImage = 'registry.badgers.test:5000/store/postgresql:18.6-system-trixie';
const release = (registry: string) => ({
  [postgresImage]: digestOf('e'),
  [`${registry}/gateway:v1.2.3`]: digestOf('a'),
  [`${registry}/inventory:v1.2.3`]: digestOf('b'),
  [`${registry}/checkout:v1.2.3`]: digestOf('c'),
  [`${registry}/redis:${images.redis}`]: digestOf('d'),
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'badger-pin-'));
  docker = join(folder, 'docker');
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

it('the digests of a release are read from the registry, and the overlay is ready', async () => {
  const registry = values.registry ?? '';
  await useDocker(release(registry));
  const overlay = await copyProduction('pin-release', values);
  const pinned = await pinImages(overlay, { version: 'v1.2.3', registry: undefined, docker });
  expect(pinned).toEqual([
    `${registry}/gateway@${digestOf('a')}`,
    `${registry}/inventory@${digestOf('b')}`,
    `${registry}/checkout@${digestOf('c')}`,
    `${registry}/redis@${digestOf('d')}`,
    `${postgresImage}@${digestOf('e')}`,
  ]);
  expect(await checkOverlay(overlay)).toEqual([]);
}, 30_000);

it('a registry that is given becomes the value, and its comment stays', async () => {
  await useDocker(release('ghcr.io/owner/store'));
  const overlay = await copyProduction('pin-registry', {});
  await writeFile(
    join(overlay, 'values.yaml'),
    'data:\n  # Where the images are.\n  registry: registry.example/store\n',
  );
  await pinImages(overlay, { version: 'v1.2.3', registry: 'ghcr.io/owner/store', docker });
  expect(await readFile(join(overlay, 'values.yaml'), 'utf8')).toBe(
    'data:\n  # Where the images are.\n  registry: ghcr.io/owner/store\n',
  );
});

it.each([
  ['an image that the registry lacks', values, 'v1.2.4', ':v1.2.4 could not be read'],
  ['the example of a registry', {}, 'v1.2.3', 'Set registry in'],
  ['a version that is no tag', values, '--version', 'is not a tag'],
])('%s is refused, and no file is changed', async (_, changed, version, message) => {
  await useDocker(release(values.registry ?? ''));
  const overlay = await copyProduction('pin-refused', changed);
  const file = join(overlay, 'images/kustomization.yaml');
  const before = await readFile(file, 'utf8');
  await expect(pinImages(overlay, { version, registry: undefined, docker })).rejects.toThrow(message);
  expect(await readFile(file, 'utf8')).toBe(before);
});

it('a reply without a digest is refused', async () => {
  await useDocker({ ...release(values.registry ?? ''), [`${values.registry}/checkout:v1.2.3`]: 'latest' });
  const overlay = await copyProduction('pin-no-digest', values);
  await expect(pinImages(overlay, { version: 'v1.2.3', registry: undefined, docker })).rejects.toThrow(
    'gives no digest',
  );
});
