import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Dependencies } from './dependencies';
import { databaseServices, settingsOf, wideLimits, type Ports, type ServiceName } from './services';

export interface Workspace {
  /** The workspace's folder, with the services built. */
  readonly root: string;
  readonly ports: Ports;
  /** What the services get besides the settings that the stack makes up itself, which win. */
  readonly env: NodeJS.ProcessEnv;
}

/** How a service is run as a process. */
export function programOf(service: ServiceName, { root, ports, env }: Workspace, dependencies: Dependencies) {
  return {
    command: [process.execPath, '--enable-source-maps', join(root, 'dist', 'apps', service, 'main.js')],
    env: {
      LOG_LEVEL: 'warn',
      ...wideLimits,
      ...env,
      ...settingsOf(service, ports, dependencies.redisUrl, dependencies.databaseUrls),
    },
    cwd: root,
  };
}

/** Brings every service's schema up to date and puts the first goods on the shelves. */
export async function migrateAndSeed(workspace: Workspace, dependencies: Dependencies): Promise<void> {
  const run = async (service: ServiceName, task: string) => {
    const { command, env, cwd } = programOf(service, workspace, dependencies);
    const [file = '', ...args] = command;
    await promisify(execFile)(file, [...args, task], { env, cwd });
  };
  await Promise.all(databaseServices.map((service) => run(service, 'migrate')));
  await run('inventory', 'seed');
}
