import type { Kysely, Selectable } from 'kysely';
import type { Account, Accounts } from '../domain/account';
import { insertRevocation } from './postgres-revocations';
import type { GatewayTables } from './tables';

export interface PostgresAccountsOptions {
  readonly db: Kysely<GatewayTables>;
  /** How long a session can live on without a refresh, at most. */
  readonly keepMs: number;
}

export function createPostgresAccounts({ db, keepMs }: PostgresAccountsOptions): Accounts {
  return {
    async add({ id, email, passwordHash }) {
      const row = await db
        .insertInto('users')
        .values({ id, email, password_hash: passwordHash })
        .onConflict((conflict) => conflict.column('email').doNothing())
        .returningAll()
        .executeTakeFirst();
      return row && toAccount(row);
    },

    async findByEmail(email) {
      const row = await db.selectFrom('users').selectAll().where('email', '=', email).executeTakeFirst();
      return row && toAccount(row);
    },

    async find(id) {
      const row = await db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toAccount(row);
    },

    async setPassword(id, passwordHash, others) {
      await db.transaction().execute(async (tx) => {
        await tx.updateTable('users').set({ password_hash: passwordHash }).where('id', '=', id).execute();
        await insertRevocation(tx, others, keepMs);
      });
    },
  };
}

const toAccount = ({ id, email, password_hash }: Selectable<GatewayTables['users']>): Account => ({
  id,
  email,
  passwordHash: password_hash,
});
