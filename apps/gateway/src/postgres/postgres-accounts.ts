import type { Kysely, Selectable } from 'kysely';
import type { Account, Accounts } from '../domain/account';
import type { GatewayTables } from './tables';

export function createPostgresAccounts(db: Kysely<GatewayTables>): Accounts {
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
  };
}

const toAccount = ({ id, email, password_hash, session_version }: Selectable<GatewayTables['users']>): Account => ({
  id,
  email,
  passwordHash: password_hash,
  sessionVersion: session_version,
});
