import { z } from 'zod';
import { documentedSecrets, externalSecret } from './manifests/secrets';

/** Of https://external-secrets.io/latest/api/externalsecret/ the part that README.md uses, and nothing besides. */
const example = z.strictObject({
  apiVersion: z.literal('external-secrets.io/v1'),
  kind: z.literal('ExternalSecret'),
  metadata: z.strictObject({ name: z.string(), namespace: z.literal('badger-store') }),
  spec: z.strictObject({
    refreshInterval: z.string().regex(/^\d+(s|m|h)$/),
    secretStoreRef: z.strictObject({ kind: z.enum(['SecretStore', 'ClusterSecretStore']), name: z.string() }),
    target: z.strictObject({ name: z.string() }),
    dataFrom: z.array(z.strictObject({ extract: z.strictObject({ key: z.string() }) })).length(1),
  }),
});

it('README.md’s example for the External Secrets Operator has known fields alone, and makes a Secret of the table', () => {
  const { metadata, spec } = example.parse(externalSecret());
  expect(spec.target.name).toBe(metadata.name);
  expect([...documentedSecrets().keys()]).toContain(metadata.name);
});
