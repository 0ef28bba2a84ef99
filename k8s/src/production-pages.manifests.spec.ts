import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { findKubectl, kustomize } from './manifests/kubectl';
import { ofKind, parseObjects } from './manifests/objects';
import { schemaErrors } from './manifests/schema';
import { copyProduction, pin, values } from './overlays/testing/copy-overlay';

const read = (name: string) => readFileSync(join(__dirname, '../../docs/how-to', name), 'utf8');

describe('From an empty cluster to TLS', () => {
  const page = read('production.md');

  it('has at most twenty steps, in order', () => {
    const steps = [...page.matchAll(/^(\d+)\. /gm)].map(([, number]) => Number(number));
    expect(steps).toEqual(steps.map((_, index) => index + 1));
    expect(steps.length).toBeLessThanOrEqual(20);
  });

  it('installs the versions by whose schemas the manifests are checked', () => {
    const schemas = readdirSync(join(__dirname, 'manifests')).join('\n');
    expect(schemas).toContain(`gateway-api-${/gateway-api\/releases\/download\/(v[\d.]+)/.exec(page)?.[1]}.json`);
    expect(schemas).toContain(`cloudnative-pg-${/cnpg-([\d.]+)\.yaml/.exec(page)?.[1]}.json`);
  });
});

it('the patch of Back up and restore makes the Cluster recover from the old folder, and archive to a new one', async () => {
  const [, patches = ''] = /^ *```yaml\n(.*?)^ *```$/ms.exec(read('back-up-and-restore.md')) ?? [];
  const folder = await copyProduction('restore-patch', values, (kustomization) => {
    pin(kustomization);
    Object.assign(kustomization, parse(patches));
  });
  // YAML 1.1 reads the time without quotes, as kustomize writes it, as a timestamp. kubectl does not.
  const rendered = (await kustomize(await findKubectl(), folder)).replace(/(targetTime: )(.*)/, '$1"$2"');
  const objects = ofKind(parseObjects(folder, rendered), 'Cluster');
  expect(objects.flatMap(schemaErrors)).toEqual([]);
  const [cluster] = objects;
  const backup = { destinationPath: values.backups, endpointURL: values.backupEndpoint };
  expect(cluster?.spec).toMatchObject({
    bootstrap: { recovery: { source: 'before' } },
    externalClusters: [{ name: 'before', barmanObjectStore: { ...backup, serverName: 'postgres' } }],
    backup: { barmanObjectStore: { ...backup, serverName: 'postgres-2' } },
  });
}, 30_000);
