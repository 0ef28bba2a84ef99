import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { checkOverlay, readValues } from './check-overlay';

const root = join(__dirname, '../..');
const production = join(root, 'overlays/production');

const set: Readonly<Record<string, string>> = {
  host: 'shop.badgers.test',
  proxyNamespace: 'traefik',
  trustedProxies: '2',
  storageClass: 'fast',
  runbooks: 'pages.badgers.test/runbooks',
  database: 'db.badgers.test:6432/store?sslmode=verify-full&sslrootcert=/run/secrets/store/postgres-ca.crt',
  databaseNetwork: '10.1.2.0/24',
  redis: 'redis.badgers.test:6380',
  redisNetwork: '10.1.3.0/24',
};

interface Kustomization {
  components: string[];
  images: unknown[];
}

/** A copy of the production overlay, at the same depth, with these values and changes. */
async function copyOverlay(
  name: string,
  values: Readonly<Record<string, string>>,
  change: (kustomization: Kustomization) => void = () => undefined,
): Promise<string> {
  const folder = join(root, 'test-output', name);
  await mkdir(folder, { recursive: true });
  await cp(production, folder, { recursive: true });
  const object = parse(await readFile(join(folder, 'values.yaml'), 'utf8')) as { data: Record<string, string> };
  Object.assign(object.data, values);
  await writeFile(join(folder, 'values.yaml'), stringify(object));
  const file = join(folder, 'kustomization.yaml');
  const kustomization = parse(await readFile(file, 'utf8')) as Kustomization;
  change(kustomization);
  await writeFile(file, stringify(kustomization));
  return folder;
}

const pin = (kustomization: Kustomization) => {
  const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
  kustomization.images = ['badger-store/gateway', 'badger-store/inventory', 'badger-store/checkout', 'redis'].map(
    (name) => ({ name, digest }),
  );
};

it('the example of each value that the overlay uses is found, with the name of the value', async () => {
  const findings = (await checkOverlay(production)).join('\n');
  const unused = ['redis', 'redisNetwork'];
  const values = await readValues(join(production, 'values.yaml'));
  for (const [name, value] of Object.entries(values)) {
    const isFound = findings.includes(`Set ${name} in ${join(production, 'values.yaml')}`);
    expect([name, isFound]).toEqual([name, /example|192\.0\.2/.test(value) && !unused.includes(name)]);
  }
}, 30_000);

it('images with tags are found, in every overlay that is not for tests', async () => {
  const folder = await copyOverlay('check-tags', set);
  expect(await checkOverlay(folder)).toEqual(
    ['badger-store/checkout:0.0.0', 'badger-store/gateway:0.0.0', 'badger-store/inventory:0.0.0', 'redis:'].map(
      (image) => expect.stringContaining(image) as unknown,
    ),
  );
  expect(await checkOverlay(join(root, 'overlays/local'))).toEqual([]);
}, 30_000);

it('an overlay with its own values and digests is ready, with further components too', async () => {
  expect(Object.keys(set).sort()).toEqual(Object.keys(await readValues(join(production, 'values.yaml'))).sort());
  expect(await checkOverlay(await copyOverlay('check-values', set, pin))).toEqual([]);
  const withRedis = await copyOverlay('check-values-redis', set, (kustomization) => {
    pin(kustomization);
    kustomization.components.splice(-1, 0, '../../components/external-redis', '../../components/stripe');
  });
  expect(await checkOverlay(withRedis)).toEqual([]);
}, 30_000);

it('an example that no value sets is found where it is', async () => {
  const folder = await copyOverlay('check-unknown', set, (kustomization) => {
    pin(kustomization);
    Object.assign(kustomization, {
      configMapGenerator: [
        {
          name: 'checkout-settings',
          behavior: 'merge',
          literals: ['LEGACY_HOST=old.example', 'PAYMENT_METHODS=invoice'],
        },
      ],
    });
  });
  expect(await checkOverlay(folder)).toEqual([
    expect.stringMatching(
      /^old\.example is an example\. No value of .* sets it \(ConfigMap\/checkout-settings-\w+ data\.LEGACY_HOST\)$/,
    ),
  ]);
}, 30_000);
