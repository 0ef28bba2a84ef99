import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startDependencies, type DependencyOptions } from './dependencies';
import { requireFreePorts } from './ports';
import { databaseServices, serviceNames, settingsOf, type Ports, type ServiceName } from './services';
import { supervise, type Supervised } from './supervise';

export interface StackOptions extends DependencyOptions {
  /** The workspace, with the services built. */
  readonly root: string;
  /** Wins over the settings that the stack makes up itself. */
  readonly env: NodeJS.ProcessEnv;
}

export interface Stack {
  readonly url: string;
  readonly ports: Ports;
  readonly services: Readonly<Record<ServiceName, Supervised>>;
  /** Resolves, saying why, when the stack can't go on. */
  readonly failed: Promise<string>;
  /** Ends the services, then what they depend on. */
  stop(): Promise<void>;
}

const readyTimeoutMs = 30_000;

/** Starts the whole store and resolves when every service and what it depends on is well. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { root, ports, env, say } = options;
  await requireFreePorts(ports, [
    ...serviceNames,
    ...(options.redisUrl ? [] : (['redis'] as const)),
    ...(options.databaseUrl ? [] : (['postgres'] as const)),
  ]);
  const dependencies = await startDependencies(options);
  const supervised: Supervised[] = [];
  const stop = async () => {
    await Promise.all(supervised.map((service) => service.stop()));
    await dependencies.stop();
  };

  const program = (service: ServiceName) => ({
    command: [process.execPath, '--enable-source-maps', join(root, 'dist', 'apps', service, 'main.js')] as const,
    env: {
      LOG_LEVEL: 'warn',
      ...env,
      ...settingsOf(service, ports, dependencies.redisUrl, dependencies.databaseUrls),
    },
    cwd: root,
  });
  const runTask = async (service: ServiceName, task: string) => {
    const { command, env: settings, cwd } = program(service);
    const [file, ...args] = command;
    await promisify(execFile)(file, [...args, task], { env: settings, cwd });
  };

  try {
    await Promise.all(databaseServices.map((service) => runTask(service, 'migrate')));
    await runTask('inventory', 'seed');
    for (const name of serviceNames) supervised.push(supervise({ name, say, ...program(name) }));
    const failed = Promise.race(supervised.map(({ gaveUp }) => gaveUp));
    await Promise.race([
      Promise.all(serviceNames.map((service) => whenWell(service, ports[service]))),
      failed.then((reason) => Promise.reject(new Error(reason))),
    ]);
    for (const name of serviceNames) say(`${name.padEnd(10)} http://127.0.0.1:${ports[name]}`);
    const [gateway, inventory, checkout] = supervised as [Supervised, Supervised, Supervised];
    return {
      url: `http://127.0.0.1:${ports.gateway}`,
      ports,
      services: { gateway, inventory, checkout },
      failed,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function whenWell(service: ServiceName, port: number): Promise<void> {
  const end = Date.now() + readyTimeoutMs;
  let last = 'no answer';
  while (Date.now() < end) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(2000) });
      last = await response.text();
      const { dependencies } = JSON.parse(last) as { dependencies: Record<string, string> };
      if (response.ok && Object.values(dependencies).every((state) => state === 'up')) return;
    } catch (error) {
      last = String(error);
    }
    await sleep(50);
  }
  throw new Error(`${service} is not ready after ${readyTimeoutMs / 1000} s: ${last}`);
}
