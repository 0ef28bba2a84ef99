import { createLogger, loadConfig, runMain, runService } from '@badger-store/service-kit';
import { composeGateway } from './compose';
import { configSchema, developmentSettings } from './config';
import { ensureDevelopmentKey } from './keys/development-key';

runMain('gateway', async () => {
  const development = process.env.NODE_ENV === 'development';
  const env: NodeJS.ProcessEnv = { ...(development ? developmentSettings : {}), ...process.env };
  if (development && env.USER_TOKEN_PRIVATE_KEY_FILE) await ensureDevelopmentKey(env.USER_TOKEN_PRIVATE_KEY_FILE);
  const config = loadConfig(configSchema, env);
  await runService(composeGateway(config, createLogger('gateway', config.LOG_LEVEL)));
});
