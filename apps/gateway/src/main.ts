import { parseArgs } from 'node:util';
import { runMain, setting } from '@badger-store/service-kit';
import { manageApiKeys } from './api-keys';
import { composeGateway } from './compose';
import { configSchema } from './config';
import { ensureDevelopmentKey, ensureDevelopmentSecret, rotateKeys } from './keys/generate-keys';
import { gatewayMigrations } from './postgres/migrations';
import { gatewaySchema } from './postgres/tables';

const print = (line: string) => process.stdout.write(`${line}\n`);

runMain({
  name: 'gateway',
  configSchema,
  compose: composeGateway,
  schema: gatewaySchema,
  migrations: gatewayMigrations,
  commands: {
    'api-keys': (config, _log, args) => manageApiKeys(args, config, print),

    async 'rotate-keys'(config, _log, args) {
      const { values } = parseArgs({ args, options: { in: { type: 'string', default: '300' } } });
      // Gateways poll the file every second, and services fetch unknown keys as often.
      const { data: seconds, error } = setting.number({ min: 5, max: 86_400 }).safeParse(values.in);
      if (seconds === undefined) throw new Error(`--in ${error?.issues[0]?.message}`);
      const { kid, activeFrom } = await rotateKeys(config.USER_TOKEN_PRIVATE_KEY_FILE, seconds);
      print(`key ${kid} is published; it signs userTokens from ${activeFrom.toISOString()}`);
    },
  },
  async prepareDevelopment(env) {
    if (env.USER_TOKEN_PRIVATE_KEY_FILE) await ensureDevelopmentKey(env.USER_TOKEN_PRIVATE_KEY_FILE);
    for (const path of [env.REFRESH_TOKEN_SECRET_FILE, env.DEVICE_COOKIE_SECRET_FILE]) {
      if (path) await ensureDevelopmentSecret(path);
    }
  },
});
