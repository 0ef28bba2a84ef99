import { execFile } from 'node:child_process';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseDocument } from 'yaml';
import images from '../../../docker/images.json';
import { services } from '../manifests/objects';
import { readValues } from './values';

const hostAndPath = /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)+$/;
const example = /\.example\b/;
const tag = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

export interface Release {
  /** The tag of the services' images. */
  readonly version: string;
  /** Such as ghcr.io/owner/badger-store; becomes the value `registry`. The value, if undefined. */
  readonly registry: string | undefined;
  /** The program that reads the registry. */
  readonly docker?: string;
}

/**
 * Reads the digests of the services' and Redis's images from the registry, and writes them to the component `images` of an overlay. The image of
 * PostgreSQL is a value, which gets its digest. Changes no file if the registry lacks an image.
 */
export async function pinImages(
  folder: string,
  { version, registry: given, docker = 'docker' }: Release,
): Promise<string[]> {
  const valuesFile = join(folder, 'values.yaml');
  const values = await readValues(valuesFile);
  const registry = given ?? values.registry ?? '';
  if (!hostAndPath.test(registry) || example.test(registry))
    throw new Error(`The registry is ${registry || 'missing'}. Set registry in ${valuesFile}.`);
  if (!tag.test(version)) throw new Error(`The version ${version} is not a tag of an image.`);

  const pin = async (name: string, newName: string, imageTag: string) => ({
    name,
    newName,
    digest: await readDigest(docker, `${newName}:${imageTag}`),
  });
  const pinned = await Promise.all([
    ...services.map((service) => pin(`badger-store/${service}`, `${registry}/${service}`, version)),
    pin('redis', `${registry}/redis`, images.redis),
  ]);
  const postgres = await pinPostgres(docker, values.postgresImage);
  const lines = pinned.map(
    ({ name, newName, digest }) => `  - name: ${name}\n    newName: ${newName}\n    digest: ${digest}\n`,
  );
  await replaceFile(
    join(folder, 'images'),
    'kustomization.yaml',
    `# \`npx nx run k8s:pin\` writes this file.
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
images:
${lines.join('')}`,
  );
  await setValues(folder, { registry: given, postgresImage: postgres });
  return [...pinned.map(({ newName, digest }) => `${newName}@${digest}`), ...(postgres ? [postgres] : [])];
}

/** With its tag, from which CloudNativePG takes the version. Nothing for an overlay that has no such image, or still the example. */
async function pinPostgres(docker: string, image: string | undefined): Promise<string | undefined> {
  if (image === undefined || example.test(image)) return undefined;
  const [reference = ''] = image.split('@');
  return `${reference}@${await readDigest(docker, reference)}`;
}

async function setValues(folder: string, values: Readonly<Record<string, string | undefined>>): Promise<void> {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  if (given.length === 0) return;
  const document = parseDocument(await readFile(join(folder, 'values.yaml'), 'utf8'));
  for (const [name, value] of given) document.setIn(['data', name], value);
  await replaceFile(folder, 'values.yaml', document.toString({ lineWidth: 0 }));
}

/** Of the index, so that it holds for every architecture. */
async function readDigest(docker: string, reference: string): Promise<string> {
  const args = ['buildx', 'imagetools', 'inspect', reference, '--format', '{{json .Manifest}}'];
  const { stdout } = await promisify(execFile)(docker, args, { timeout: 60_000 }).catch((error: Error) => {
    throw new Error(`${reference} could not be read: ${error.message}`, { cause: error });
  });
  const { digest } = JSON.parse(stdout) as { digest?: unknown };
  if (typeof digest !== 'string' || !/^sha256:[0-9a-f]{64}$/.test(digest))
    throw new Error(`The registry gives no digest for ${reference}.`);
  return digest;
}

async function replaceFile(folder: string, name: string, text: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const unfinished = join(folder, `.${name}.${process.pid}`);
  await writeFile(unfinished, text);
  await rename(unfinished, join(folder, name));
}
