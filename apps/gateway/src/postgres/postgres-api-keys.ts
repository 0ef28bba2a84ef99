import { sql, type Kysely, type Selectable } from 'kysely';
import type { ApiKey, ApiKeys } from '../domain/api-key';
import { insertRevocation } from './recent-revocations';
import type { GatewayTables } from './tables';

export function createPostgresApiKeys(db: Kysely<GatewayTables>): ApiKeys {
  return {
    async add({ id, name, scopes, secretHash }) {
      await db
        .insertInto('api_keys')
        .values({ id, name, scopes: [...scopes], secret_hash: secretHash })
        .execute();
    },

    async find(id) {
      const row = await db.selectFrom('api_keys').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toApiKey(row);
    },

    async list() {
      const rows = await db.selectFrom('api_keys').selectAll().orderBy('created_at', 'desc').limit(1000).execute();
      return rows.map(toApiKey);
    },

    revoke: (id) =>
      db.transaction().execute(async (tx) => {
        const key = await tx
          .updateTable('api_keys')
          .set({ revoked_at: sql<Date>`coalesce(revoked_at, now())` })
          .where('id', '=', id)
          .returning('id')
          .executeTakeFirst();
        if (key) await insertRevocation(tx, { kind: 'api-key', id });
        return key !== undefined;
      }),
  };
}

const toApiKey = (row: Selectable<GatewayTables['api_keys']>): ApiKey => ({
  id: row.id,
  name: row.name,
  scopes: row.scopes,
  secretHash: row.secret_hash,
  createdAt: row.created_at,
  revokedAt: row.revoked_at ?? undefined,
});
