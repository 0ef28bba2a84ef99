import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { findKubectl } from './manifests/kubectl';
import type { KubernetesObject } from './manifests/objects';
import { schemaErrors } from './manifests/schema';
import { documentedSecrets, secretCommands } from './manifests/secrets';

const root = join(__dirname, '../..');
const byOthers = ['checkout-stripe', 'store-tls', 'postgres-ca', 'redis-tls-files', 'postgres-tls-files'];
let folder: string;
let secrets: KubernetesObject[];

/** Runs the commands of README.md as they stand, beside a copy of `docker`; `kubectl` prints what it would send to a cluster. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'badger-secrets-spec-'));
  const docker = join(root, 'docker');
  await cp(docker, join(folder, 'docker'), { recursive: true, filter: (path) => path !== join(docker, '.secrets') });
  await cp(join(root, 'services.json'), join(folder, 'services.json'));
  const kubectl = join(folder, 'kubectl');
  await writeFile(kubectl, `#!/bin/sh\nexec ${await findKubectl()} "$@" --dry-run=client -o json\n`, { mode: 0o755 });
  await symlink(process.execPath, join(folder, 'node'));
  const { stdout } = await promisify(execFile)('sh', ['-euc', secretCommands()], {
    cwd: folder,
    env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
  });
  secrets = parseAllDocuments(stdout.slice(stdout.indexOf('{')).replaceAll('}\n{', '}\n---\n{')).map(
    (document) => document.toJS() as KubernetesObject,
  );
});

afterAll(() => rm(folder, { recursive: true }));

const getText = (name: string, key: string) =>
  Buffer.from(secrets.find(({ metadata }) => metadata.name === name)?.data[key] ?? '', 'base64').toString();

it('the commands make the Secrets of the table, with its keys, and no others', () => {
  const documented = [...documentedSecrets()].filter(([name]) => !byOthers.includes(name));
  const made = secrets.map(({ metadata, data }) => [metadata.name, Object.keys(data).sort()] as const);
  expect(Object.fromEntries(made)).toEqual(
    Object.fromEntries(documented.map(([name, keys]) => [name, [...keys].sort()])),
  );
});

it('they are Secrets of the store’s namespace', () => {
  expect(secrets.flatMap(schemaErrors)).toEqual([]);
  for (const { kind, metadata } of secrets) expect([kind, metadata.namespace]).toEqual(['Secret', 'badger-store']);
});

it('make-secrets gives a service all secrets of a pair that the other service has, and refuses files that differ', async () => {
  const getPath = (service: string) => join(folder, 'docker/.secrets', service, 'service-token-secrets');
  const run = () => promisify(execFile)(process.execPath, ['docker/make-secrets.mjs'], { cwd: folder });
  const next = 'checkout:gateway '.padEnd(60, 'n');
  const own = await readFile(getPath('gateway'), 'utf8');
  await writeFile(getPath('gateway'), `${own}${next}\n`);
  await expect(run()).rejects.toMatchObject({ stderr: expect.stringContaining('checkout:gateway') as string });

  await rm(getPath('checkout'));
  await run();
  const getPair = async (service: string) =>
    (await readFile(getPath(service), 'utf8')).split('\n').filter((line) => line.startsWith('checkout:gateway '));
  expect(await getPair('checkout')).toEqual(await getPair('gateway'));
  expect((await getPair('checkout'))[1]).toBe(next);
});

it('servers know the passwords of those who log in, and have certificates with the names that are called', async () => {
  for (const service of ['gateway', 'inventory', 'checkout']) {
    expect(getText('postgres-files', `${service}-password`)).toBe(getText(`${service}-files`, 'database-password'));
    const ownerPassword = getText('postgres-files', `${service}_owner-password`);
    expect(ownerPassword).toBe(getText(`${service}-migration-files`, 'database-password'));
    expect(ownerPassword).not.toBe(getText(`${service}-files`, 'database-password'));
    expect(getText(`${service}-files`, 'redis-ca.crt')).toBe(getText('redis-files', 'ca.crt'));
  }
  const names = async (secret: string) => {
    const path = join(folder, `${secret}.crt`);
    await writeFile(path, getText(secret, 'tls.crt'));
    return (await promisify(execFile)('openssl', ['x509', '-in', path, '-noout', '-ext', 'subjectAltName'])).stdout;
  };
  const sentinels = /^REDIS_SENTINELS=(.*)$/m.exec(await readFile(join(root, 'k8s/base/redis.env'), 'utf8'))?.[1] ?? '';
  for (const node of sentinels.split(',')) expect(await names('redis-files')).toContain(`DNS:${node.split(':')[0]}`);
  expect(await names('postgres-files')).toContain('DNS:postgres');
  for (const service of ['gateway', 'inventory', 'checkout']) {
    const hosts = (await names(`${service}-tls-files`)).match(/(?<=DNS:)[\w.-]+/g) ?? [];
    const own = [service, `${service}-pods`];
    const expected = ['', '.badger-store', '.badger-store.svc'].flatMap((domain) => own.map((host) => host + domain));
    expect(hosts.sort()).toEqual(expected.sort());
    expect(getText(`${service}-tls-files`, 'ca.crt')).toBe(getText('redis-files', 'ca.crt'));
  }
});

it.each(['redis-files', 'postgres-files', 'gateway-tls-files', 'inventory-tls-files', 'checkout-tls-files'])(
  'the certificate of %s is valid for at most 397 days',
  (secret) => {
    const { validFrom, validTo } = new X509Certificate(getText(secret, 'tls.crt'));
    expect(Date.parse(validTo) - Date.parse(validFrom)).toBeLessThanOrEqual(397 * 24 * 3600 * 1000);
  },
);
