import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findKubectl, kustomize } from './manifests/kubectl';
import { getSecrets, getWorkloads, ofKind, parseObjects, type KubernetesObject } from './manifests/objects';
import { schemaErrors } from './manifests/schema';
import { documentedSecrets } from './manifests/secrets';

/** Above the three weeks of TlsCertificateExpiring. */
const minRenewBeforeHours = 25 * 24;
const maxHours = 90 * 24;

let objects: readonly KubernetesObject[];
beforeAll(async () => {
  const folder = join(__dirname, '../test-output/cert-manager');
  await mkdir(folder, { recursive: true });
  const components = ['cert-manager', 'cert-manager/postgres'].map((name) => `../../components/${name}`);
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: ['../../overlays/local'],
    components,
  };
  await writeFile(join(folder, 'kustomization.yaml'), JSON.stringify(kustomization));
  objects = parseObjects('cert-manager', await kustomize(await findKubectl(), folder));
});

const getServerCertificates = () => ofKind(objects, 'Certificate').filter(({ spec }) => spec.isCA !== true);
const toHours = (text: string) => Number(/^(\d+)h$/.exec(text)?.[1]);

it('the local overlay with cert-manager is made of objects with known fields', () => {
  expect(objects.flatMap(schemaErrors)).toEqual([]);
});

it('each certificate of a server is valid for 90 days at most and renewed before the alert', () => {
  for (const { spec } of getServerCertificates()) {
    expect(toHours(spec.duration)).toBeLessThanOrEqual(maxHours);
    expect(toHours(spec.renewBefore)).toBeGreaterThanOrEqual(minRenewBeforeHours);
    expect(spec.issuerRef).toEqual({ kind: 'Issuer', name: 'authority' });
  }
});

it('certificates are written to Secrets of README.md, and each server has the files of its certificate', () => {
  const names = getServerCertificates().map(({ spec }) => spec.secretName as string);
  expect(names.filter((name) => !documentedSecrets().has(name))).toEqual([]);
  const mounted = getWorkloads(objects).flatMap(({ pod }) => (pod.volumes ?? []).flatMap(getSecrets));
  for (const name of names) expect(mounted).toContainEqual({ name, keys: undefined });
  // The authority of make-secrets is not used.
  const others = mounted.filter(
    ({ name, keys }) => !names.includes(name) && keys?.some((key) => /^(tls|ca)\./.test(key)),
  );
  expect(others).toEqual([]);
});

it('certificates name the hosts that settings name', () => {
  const settings = ofKind(objects, 'ConfigMap').flatMap(({ data }) => Object.entries(data as Record<string, string>));
  const urls = settings.filter(([name]) => /_URL$/.test(name)).map(([, url]) => new URL(url).hostname);
  const sentinels = settings.flatMap(([name, text]) => (name === 'REDIS_SENTINELS' ? [text.split(':')[0] ?? ''] : []));
  const named = new Set(getServerCertificates().flatMap(({ spec }) => spec.dnsNames as string[]));
  expect(urls.length).toBeGreaterThan(8);
  expect([...urls, ...sentinels].filter((host) => !named.has(host))).toEqual([]);
});

it('clients check servers with the authority of cert-manager', () => {
  const text = JSON.stringify(ofKind(objects, 'ConfigMap').map(({ data }) => data as object));
  expect(text).not.toMatch(/redis-ca\.crt|postgres-ca\.crt/);
});
