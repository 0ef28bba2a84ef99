import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { databaseServices, createEnvironment, type Ports, type ServiceName, type Stores } from './services';

export interface Workspace {
  /** The folder of the workspace, which must be built. */
  readonly root: string;
  readonly ports: Ports;
  /** The shell's variables. */
  readonly env: NodeJS.ProcessEnv;
}

export function toProgram(service: ServiceName, { root, ports, env }: Workspace, stores: Stores) {
  return {
    command: [process.execPath, '--enable-source-maps', join(root, 'dist', 'apps', service, 'main.js')],
    env: { SITE_FOLDER: join(root, 'dist', 'apps', 'storefront'), ...createEnvironment(service, ports, stores, env) },
    cwd: root,
  };
}

/** Migrates every service's schema and adds missing seed items. */
export async function migrateAndSeed(workspace: Workspace, stores: Stores): Promise<void> {
  const run = async (service: ServiceName, task: string) => {
    const { command, env, cwd } = toProgram(service, workspace, stores);
    const [file = '', ...args] = command;
    const migrationUrl = stores.migrationUrls?.[service];
    const owner = task === 'migrate' && migrationUrl ? { MIGRATION_DATABASE_URL: migrationUrl } : {};
    await promisify(execFile)(file, [...args, task], { env: { ...env, ...owner }, cwd });
  };
  await Promise.all(databaseServices.map((service) => run(service, 'migrate')));
  await run('inventory', 'seed');
}
