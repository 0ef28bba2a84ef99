import { join } from 'node:path';
import { checkOverlay } from './check-overlay';
import { copyProduction, pin, production, values as set } from './testing/copy-overlay';
import { readValues } from './values';

const root = join(__dirname, '../..');

it('the example of each value that the overlay uses is found, with the name of the value', async () => {
  const findings = (await checkOverlay(production)).join('\n');
  const unused = ['redis', 'redisNetwork', 'database', 'databaseNetwork'];
  const values = await readValues(join(production, 'values.yaml'));
  for (const [name, value] of Object.entries(values)) {
    const isFound = findings.includes(`Set ${name} in ${join(production, 'values.yaml')}`);
    expect([name, isFound]).toEqual([name, /example|192\.0\.2/.test(value) && !unused.includes(name)]);
  }
}, 30_000);

it('images with tags are found, in every overlay that is not for tests', async () => {
  const folder = await copyProduction('check-tags', set);
  expect(await checkOverlay(folder)).toEqual(
    ['badger-store/checkout:0.0.0', 'badger-store/gateway:0.0.0', 'badger-store/inventory:0.0.0', 'redis:'].map(
      (image) => expect.stringContaining(image) as unknown,
    ),
  );
  expect(await checkOverlay(join(root, 'overlays/local'))).toEqual([]);
}, 30_000);

it('an overlay with its own values and digests is ready, with further components too', async () => {
  expect(Object.keys(set).sort()).toEqual(Object.keys(await readValues(join(production, 'values.yaml'))).sort());
  expect(await checkOverlay(await copyProduction('check-values', set, pin))).toEqual([]);
  const withRedis = await copyProduction('check-values-redis', set, (kustomization) => {
    pin(kustomization);
    kustomization.components.splice(
      kustomization.components.indexOf('../../components/values'),
      0,
      '../../components/external-redis',
      '../../components/stripe',
    );
  });
  expect(await checkOverlay(withRedis)).toEqual([]);
}, 30_000);

it('an example that no value sets is found where it is', async () => {
  const folder = await copyProduction('check-unknown', set, (kustomization) => {
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
