import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../../services.json';
import { services } from './manifests/objects';

const root = join(__dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const production = 'docs/how-to/production.md';
const databaseServices = services.filter((name) => manifest[name].database);
const redisUsers = [...new Set(services.map((name) => manifest[name].redisUser))];

/** What each match of the pattern in a file names, which can be a list. */
const listsIn = (path: string, pattern: RegExp): string[][] =>
  [...read(path).matchAll(pattern)].map(([, names = '']) => names.split(/[|,\s'"`[\]]+/).filter(Boolean));

type Place = [what: string, path: string, pattern: RegExp, expected: readonly string[]];

describe('services.json agrees with', () => {
  it.each<Place>([
    ['the images of compose', 'docker/compose.yaml', /image: badger-store-(\w+):/g, services],
    ['the builds of compose', 'docker/compose.yaml', /args: \{ SERVICE: (\w+) \}/g, services],
    ['the secrets of compose', 'docker/compose.yaml', /'\.\/\.secrets\/(\w+):\/run\/secrets\/store:ro'/g, services],
    ['the services of compose', 'docker/compose.yaml', /^ {2}(\w+):\n {4}<<: \[\*service/gm, services],
    ['the migrations of compose', 'docker/compose.yaml', /^ {2}migrate-(\w+):$/gm, databaseServices],
    ['the Redis users of compose', 'docker/compose.yaml', /REDIS_USERNAME: (\w+)/g, redisUsers],
    ['the traces of compose', 'docker/compose.observability.yaml', /^ {2}(\w+): \*traced$/gm, services],
    ['what Prometheus scrapes', 'docker/observability/prometheus.yml', /names: (\[.*\])/g, services],
    ['the published images', '.github/workflows/images.yml', /service: (\[.*\])/g, services],
    ['the released projects', 'nx.json', /"projects": \["cart-cache", (.*?)\]/g, services],
    [
      'the roles of PostgreSQL',
      'k8s/overlays/local/postgres/roles.sh',
      /^for service in (.*); do$/gm,
      databaseServices,
    ],
    ['the builds before the stories', 'apps/shop-e2e/project.json', /"projects": (\[.*\])/g, services],
    ['the migrations of docker/README.md', 'docker/README.md', /^for service in (.*); do$/gm, databaseServices],
    ['the files of docker/README.md', 'docker/README.md', /^\| (`gateway`, .*?) +\|/gm, services],
    ['the images of k8s/README.md', 'k8s/README.md', /^for s in (.*?); do docker build/gm, services],
    ['the loaded images of k8s/README.md', 'k8s/README.md', /badger-store\/\{(.*)\}:local/g, services],
    [
      'the Secrets of k8s/README.md',
      'k8s/README.md',
      /^for name in (.*?) \w+-migration .*redis postgres; do/gm,
      services,
    ],
    [
      'the migration Secrets of k8s/README.md',
      'k8s/README.md',
      / (\w+)-migration(?= .*redis postgres; do)/g,
      databaseServices,
    ],
    ['the certificates of k8s/README.md', 'k8s/README.md', / (\w+)-tls(?= .*redis postgres; do)/g, services],
    ['the HTTPS settings', 'k8s/components/https/listen/kustomization.yaml', /- name: (\w+)-settings/g, services],
    ['the HTTPS URLs', 'k8s/components/https/call/kustomization.yaml', /- name: (\w+)-settings/g, services],
    ['the HTTPS Secrets', 'k8s/components/https/listen/kustomization.yaml', /secretName: (\w+)-tls-files/g, services],
    ['the certificates', 'k8s/components/cert-manager/certificates.yaml', /: (?!redis)(\w+)-tls-files/g, services],
    ['the restart in k8s/README.md', 'k8s/README.md', /rollout restart deployment (.*?)`/g, services],
    ['the Redis users of docker/redis/README.md', 'docker/redis/README.md', /\(`REDIS_USERNAME=(\w+)`\)/g, redisUsers],
    ['the diagram of README.md', 'README.md', /\b(\w+)\[\1<br>/g, services],
    ['the diagram of docs/architecture.md', 'docs/architecture.md', /\(PostgreSQL, schema (\w+)\)/g, databaseServices],
    ['the base', 'k8s/base/kustomization.yaml', /^ {2}- (?!redis$)(\w+)$/gm, services],
    ['the local images', 'k8s/overlays/local/kustomization.yaml', /name: badger-store\/(\w+),/g, services],
    [
      'the released images',
      'k8s/overlays/production/images/kustomization.yaml',
      /name: badger-store\/(\w+),/g,
      services,
    ],
    ['the local replicas', 'k8s/overlays/local/kustomization.yaml', /- \{ name: (?!redis)(\w+), count/g, services],
    ['the autoscalers', 'k8s/components/autoscaling/autoscalers.yaml', /kind: Deployment, name: (\w+)/g, services],
    ['the traced services', 'k8s/components/tracing/kustomization.yaml', /- name: (\w+)-settings/g, services],
    ['the traced network', 'k8s/components/tracing/kustomization.yaml', /NetworkPolicy, name: (\S+) /g, services],
    [
      'the external databases',
      'k8s/components/external-postgres/kustomization.yaml',
      /- name: (\w+)-settings/g,
      databaseServices,
    ],
    [
      'the migrations of external databases',
      'k8s/components/external-postgres/kustomization.yaml',
      /- name: (\w+)-migration/g,
      databaseServices,
    ],
    ...['settings', 'migration'].map((kind): Place => [
      `the values of external databases, ${kind}`,
      'k8s/components/values/kustomization.yaml',
      new RegExp(`name: (\\w+)-${kind}, labelSelector: app.kubernetes.io/component=external-postgres`, 'g'),
      databaseServices,
    ]),
    ...['cloudnative-pg', 'cert-manager/postgres'].flatMap((component) =>
      ['settings', 'migration'].map((kind): Place => [
        `the databases of ${component}, ${kind}`,
        `k8s/components/${component}/kustomization.yaml`,
        new RegExp(`- name: (\\w+)-${kind}$`, 'gm'),
        databaseServices,
      ]),
    ),
    ...['', '_owner'].map((suffix): Place => [
      `the passwords of the local PostgreSQL${suffix}`,
      'k8s/components/cert-manager/postgres/kustomization.yaml',
      new RegExp(`key: (?!superuser)([^\\W_]+)${suffix}-password`, 'g'),
      databaseServices,
    ]),
    ...['', '_owner'].map((suffix): Place => [
      `the roles of CloudNativePG${suffix}`,
      'k8s/components/cloudnative-pg/cluster.yaml',
      new RegExp(`- \\{ name: ([^\\W_]+)${suffix}, login`, 'g'),
      databaseServices,
    ]),
    [
      'the schemas of CloudNativePG',
      'k8s/components/cloudnative-pg/roles.sql',
      /foreach service in array array\[(.*)\] loop/g,
      databaseServices,
    ],
    ['the HTTPS ports', 'k8s/components/https/listen/kustomization.yaml', /Service, name: \((.*)\)-pods/g, services],
    ['the scanned images', 'k8s/scan.sh', /for service in (.*); do echo/g, services],
    ['the users of k8s/README.md', 'k8s/README.md', /^for service in (.*); do$/gm, databaseServices],
    ['the images of the how-to', 'docs/how-to/upgrade-and-roll-back.md', /^for service in (.*); do$/gm, services],
    ['the images of a cluster test', 'docs/how-to/test-a-cluster.md', /`badger-store\/(\w+)`/g, services],
    ['the stopped services', 'docs/how-to/back-up-and-restore.md', /scale deployment (.*) --replicas/g, services],
    [
      'the dropped schemas',
      'docs/how-to/back-up-and-restore.md',
      /drop schema if exists (.*) cascade/g,
      databaseServices,
    ],
    ['the Secrets of production', production, /^ *for name in (.*?) \w+-migration .* redis; do/gm, services],
    ['the migration Secrets of production', production, / (\w+)-migration(?= .* redis; do)/g, databaseServices],
    ['the certificates of production', production, / (\w+)-tls(?= .*redis; do)/g, services],
    ['the roles of production', production, /^ *for role in (.*?) \w+_owner .*; do/gm, databaseServices],
    ['the owners of production', production, / (\w+)_owner(?=.*; do$)/gm, databaseServices],
    ['the services with secrets', 'docs/how-to/change-service-secrets.md', /services='(.*)'/g, services],
    ['the restarted services', 'docs/how-to/change-service-secrets.md', / deployment\/(\w+)/g, services],
    ['the alerts', 'k8s/components/monitoring/alerts.yaml', /job=~"([^"]+)"/g, services],
    ['the alert for a lost service', 'k8s/components/monitoring/alerts.yaml', /absent\(up\{job="(\w+)"/g, services],
    ['the dashboard', 'k8s/components/monitoring/store.json', /"(?:allValue|query)": "(gateway.*)"/g, services],
  ])('%s', (_what, path, pattern, expected) => {
    const lists = listsIn(path, pattern);
    const sorted = [...expected].sort();
    expect([...new Set(lists.flat())].sort()).toEqual(sorted);
    for (const list of lists) if (list.length > 1) expect([...list].sort()).toEqual(sorted);
  });

  it.each(services)('what the project %s is', (name) => {
    const { tags } = JSON.parse(read(`apps/${name}/project.json`)) as { tags: string[] };
    expect(tags).toEqual(['type:app', `scope:${name}`]);
    expect(existsSync(join(root, 'k8s/base', name, 'deployment.yaml'))).toBe(true);
  });

  it.each(services)('the users of Redis, of whom %s is one', (name) => {
    const { redisUser } = manifest[name];
    expect(read('docker/redis/users.acl.example')).toMatch(new RegExp(`^user ${redisUser} on `, 'm'));
    expect(read(`k8s/base/${name}/settings.env`)).toContain(`REDIS_USERNAME=${redisUser}\n`);
  });

  it('itself: every service that is named in it is in it, and no two have one port', () => {
    const named = Object.values(manifest).flatMap(({ forwardsTo, calls }): string[] => [...forwardsTo, ...calls]);
    expect(named.filter((name) => !(name in manifest))).toEqual([]);
    expect(new Set(services.map((name) => manifest[name].port)).size).toBe(services.length);
  });
});
