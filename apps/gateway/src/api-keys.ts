import { parseArgs } from 'node:util';
import { usingPostgres } from '@badger-store/postgres-kit';
import { scopes, toPostgresSettings } from '@badger-store/service-kit';
import { z } from 'zod';
import type { Config } from './config';
import { newApiKey } from './domain/api-key';
import { createPostgresApiKeys } from './postgres/postgres-api-keys';
import { gatewaySchema, type GatewayTables } from './postgres/tables';

const usage = `usage: api-keys create --name NAME [--scopes ${scopes.join()}]
       api-keys list
       api-keys revoke ID`;

const newKey = z.object({
  name: z.string().trim().min(1).max(100),
  scopes: z
    .string()
    .default('cart')
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(scopes)).min(1)),
});

export async function manageApiKeys(args: string[], config: Config, print: (line: string) => void): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { name: { type: 'string' }, scopes: { type: 'string' } },
  });
  const [command, id] = positionals;

  await usingPostgres<GatewayTables, void>({ ...toPostgresSettings(config), schema: gatewaySchema }, async ({ db }) => {
    const keys = createPostgresApiKeys(db);
    if (command === 'create') {
      const wanted = newKey.safeParse(values);
      if (!wanted.success) throw new Error(usage);
      const { text, key } = newApiKey(wanted.data.name, wanted.data.scopes);
      await keys.add(key);
      print(`${text}\nStore this key now: it is not shown again. Id: ${key.id}. Scopes: ${key.scopes.join(', ')}.`);
    } else if (command === 'list') {
      for (const { id: keyId, name, scopes, createdAt, revokedAt } of await keys.list()) {
        const state = revokedAt ? `revoked ${revokedAt.toISOString()}` : 'valid';
        print([keyId, createdAt.toISOString(), state, scopes.join(','), name].join('  '));
      }
    } else if (command === 'revoke' && id !== undefined) {
      if (!(await keys.revoke(id))) throw new Error(`API key ${id} does not exist`);
      print(`API key ${id} is revoked; its sessions end within a second`);
    } else throw new Error(usage);
  });
}
