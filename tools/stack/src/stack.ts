import { untilReady } from '@badger-store/test-kit';
import { startDependencies, type DependencyOptions } from './dependencies';
import { requireFreePort } from './ports';
import { migrateAndSeed, toProgram, type Workspace } from './programs';
import { healthUrl, reachableHost, serviceNames, type Ports, type ServiceName } from './services';
import { supervise, type Supervised } from './supervise';

export type StackOptions = DependencyOptions & Workspace;

export interface Stack {
  readonly url: string;
  readonly ports: Ports;
  readonly services: Readonly<Record<ServiceName, Supervised>>;
  /** Resolves to the reason when the stack fails. */
  readonly failed: Promise<string>;
  stop(): Promise<void>;
}

/** Resolves when every service and its dependencies are up. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { ports, env, say } = options;
  for (const name of serviceNames) await requireFreePort(ports, name, env.HOST);
  const dependencies = await startDependencies(options);
  const supervised: Supervised[] = [];
  // Longer than a service drains.
  const stopTimeoutMs = (Number(env.DRAIN_SECONDS ?? 25) + 5) * 1000;
  const stop = async () => {
    await Promise.all(supervised.map((service) => service.stop()));
    await dependencies.stop();
  };

  try {
    say('migrating the databases and adding the seed items …');
    await migrateAndSeed(options, dependencies);
    say('starting the services …');
    for (const name of serviceNames) {
      supervised.push(supervise({ name, say, stopTimeoutMs, ...toProgram(name, options, dependencies) }));
    }
    const failed = Promise.race(supervised.map(({ gaveUp }) => gaveUp));
    await Promise.race([
      Promise.all(serviceNames.map((service) => untilReady(service, healthUrl(service, ports, env)))),
      failed.then((reason) => Promise.reject(new Error(reason))),
    ]);
    const host = reachableHost(env.HOST ?? '127.0.0.1');
    for (const name of serviceNames) say(`${name.padEnd(10)} http://${host}:${ports[name]}`);
    const services = Object.fromEntries(serviceNames.map((name, n) => [name, supervised[n]]));
    return {
      url: `http://${host}:${ports.gateway}`,
      ports,
      services: services as Record<ServiceName, Supervised>,
      failed,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
