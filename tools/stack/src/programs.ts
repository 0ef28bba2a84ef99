import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { databaseServices, environmentOf, type Ports, type ServiceName, type Stores } from './services';

export interface Workspace {
  /** The workspace's folder, with the services built. */
  readonly root: string;
  readonly ports: Ports;
  /** The shell's variables. */
  readonly env: NodeJS.ProcessEnv;
}

/** How a service is run as a process. */
export function programOf(service: ServiceName, { root, ports, env }: Workspace, stores: Stores) {
  return {
    command: [process.execPath, '--enable-source-maps', join(root, 'dist', 'apps', service, 'main.js')],
    env: { SITE_FOLDER: join(root, 'dist', 'apps', 'storefront'), ...environmentOf(service, ports, stores, env) },
    cwd: root,
  };
}

/** Brings every service's schema up to date and puts the first goods on the shelves. */
export async function migrateAndSeed(workspace: Workspace, stores: Stores): Promise<void> {
  const run = async (service: ServiceName, task: string) => {
    const { command, env, cwd } = programOf(service, workspace, stores);
    const [file = '', ...args] = command;
    await promisify(execFile)(file, [...args, task], { env, cwd });
  };
  await Promise.all(databaseServices.map((service) => run(service, 'migrate')));
  await run('inventory', 'seed');
}
