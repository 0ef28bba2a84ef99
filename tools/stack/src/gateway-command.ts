import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { toProgram } from './programs';
import { ownDatabaseUrl, ownRedisUrl } from './services';
import type { ShellSettings } from './shell-settings';

/** Runs a command of the gateway for the store of `npm start`. Resolves to its exit code. */
export async function runGatewayCommand(root: string, settings: ShellSettings, args: string[]): Promise<number> {
  const { ports, startsRedis, redisUrl, databaseUrl } = settings;
  const { command, env, cwd } = toProgram(
    'gateway',
    { root, ...settings },
    {
      redisUrl: startsRedis ? ownRedisUrl(ports) : redisUrl,
      databaseUrls: { gateway: databaseUrl ?? ownDatabaseUrl(ports, 'gateway') },
    },
  );
  const [file = '', ...before] = command;
  const child = spawn(file, [...before, ...args], { env, cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
