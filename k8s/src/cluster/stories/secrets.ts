import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runPage } from './page';
import { shopWhile, type Story } from './story';

/** Customers shop while the commands of a page run. */
const followPage = (name: string, page: string, section?: string): Story => ({
  name,
  whySkip: ({ options }) =>
    existsSync(join(options.project, 'docs/how-to', page)) ? undefined : `there is no page ${page}`,
  run: (world) => shopWhile(world, { noErrors: true }, () => runPage(world, page, { section })),
});

export const redisPasswords = followPage('redis-passwords', 'change-redis-passwords.md', "A service's password");
export const postgresPasswords = followPage('postgres-passwords', 'change-postgres-passwords.md');
export const userTokenKeys = followPage('user-token-keys', 'change-user-token-keys.md');
export const serviceTokenSecrets = followPage('service-token-secrets', 'change-service-secrets.md', 'Service tokens');
export const backUp = followPage('back-up', 'back-up-and-restore.md', 'Back up');
