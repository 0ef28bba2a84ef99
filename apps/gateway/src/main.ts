import { parseArgs } from 'node:util';
import { migrate } from '@badger-store/postgres-kit';
import {
  createLogger,
  ensureDevelopmentSecrets,
  loadConfig,
  runMain,
  serve,
  setting,
  toPostgresSettings,
} from '@badger-store/service-kit';
import { manageApiKeys } from './api-keys';
import { composeGateway } from './compose';
import { configSchema, developmentSettings } from './config';
import { ensureDevelopmentKey, ensureDevelopmentSecret } from './keys/development-files';
import { rotateKeys } from './keys/rotate-keys';
import { gatewayMigrations } from './postgres/migrations';
import { gatewaySchema } from './postgres/tables';

/**
 * `main.js` serves; `main.js migrate` brings the schema up to date; `main.js api-keys …` manages the keys of API consumers;
 * `main.js rotate-keys [--in SECONDS]` adds a key that will sign userTokens.
 */
runMain('gateway', async () => {
  const development = process.env.NODE_ENV === 'development';
  const env: NodeJS.ProcessEnv = { ...(development ? developmentSettings : {}), ...process.env };
  if (development) await ensureDevelopmentFiles(env);
  const config = loadConfig(configSchema, env);
  const log = createLogger('gateway', config.LOG_LEVEL);
  const print = (line: string) => process.stdout.write(`${line}\n`);
  const [command, ...args] = process.argv.slice(2);

  if (command === 'migrate') {
    const database = { ...toPostgresSettings(config), schema: gatewaySchema };
    log.info({ applied: await migrate(database, gatewayMigrations) }, 'migrated');
  } else if (command === 'api-keys') {
    await manageApiKeys(args, config, print);
  } else if (command === 'rotate-keys') {
    const { values } = parseArgs({ args, options: { in: { type: 'string', default: '300' } } });
    // Gateways look at the file every second, and services ask for unknown keys as often.
    const { data: seconds, error } = setting.number({ min: 5, max: 86_400 }).safeParse(values.in);
    if (seconds === undefined) throw new Error(`--in ${error?.issues[0]?.message}`);
    const { kid, activeFrom } = await rotateKeys(config.USER_TOKEN_PRIVATE_KEY_FILE, seconds);
    print(`${kid} signs from ${activeFrom.toISOString()}; it is published from now on`);
  } else await serve('gateway', config, () => composeGateway(config, log));
});

async function ensureDevelopmentFiles(env: NodeJS.ProcessEnv): Promise<void> {
  if (env.USER_TOKEN_PRIVATE_KEY_FILE) await ensureDevelopmentKey(env.USER_TOKEN_PRIVATE_KEY_FILE);
  for (const path of [env.REFRESH_TOKEN_SECRET_FILE, env.DEVICE_COOKIE_SECRET_FILE]) {
    if (path) await ensureDevelopmentSecret(path);
  }
  if (env.SERVICE_TOKEN_SECRET_FILE) await ensureDevelopmentSecrets(env.SERVICE_TOKEN_SECRET_FILE);
}
