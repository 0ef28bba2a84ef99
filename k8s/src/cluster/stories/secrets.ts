import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runPage } from './page';
import { needsOwnPostgres, shopWhile, type Story } from './story';

/** Customers shop while the commands of a page run. */
const followPage = (name: string, page: string, section?: string, whySkip?: Story['whySkip']): Story => ({
  name,
  whySkip: (world) =>
    existsSync(join(world.options.project, 'docs/how-to', page)) ? whySkip?.(world) : `there is no page ${page}`,
  run: (world) => shopWhile(world, { noErrors: true }, () => runPage(world, page, { section })),
});

export const redisPasswords = followPage('redis-passwords', 'change-redis-passwords.md', "A service's password");
export const postgresPasswords = followPage(
  'postgres-passwords',
  'change-postgres-passwords.md',
  undefined,
  needsOwnPostgres,
);
export const userTokenKeys = followPage('user-token-keys', 'change-user-token-keys.md');
export const serviceTokenSecrets = followPage('service-token-secrets', 'change-service-secrets.md', 'Service tokens');
export const backUp = followPage('back-up', 'back-up-and-restore.md', 'Back up', needsOwnPostgres);
