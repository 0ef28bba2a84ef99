import { resolve } from 'node:path';
import {
  migrateAndSeed,
  serviceNames,
  startDependencies,
  startStack,
  type Dependencies,
  type Ports,
  type Stack,
} from '@badger-store/stack';
import { freePort } from '@badger-store/test-kit';

const root = resolve(__dirname, '../../../..');

/** The whole store, as built, on free ports and with data of its own. */
export async function openShop(
  env: NodeJS.ProcessEnv = {},
  given: {
    readonly ports?: Ports;
    readonly redisUrl?: string;
    readonly databaseUrl?: string;
    readonly dataFolder?: string;
  } = {},
): Promise<Stack> {
  return startStack({
    root,
    ports: await freePorts(),
    ...given,
    env: { ...process.env, LOG_LEVEL: 'fatal', ...env },
    say: () => undefined,
  });
}

/** Redis and PostgreSQL with tables and seed items, for services that the story starts itself. */
export async function openDependencies(ports: Ports): Promise<Dependencies> {
  const dependencies = await startDependencies({ ports, say: () => undefined });
  await migrateAndSeed({ root, ports, env: { ...process.env, LOG_LEVEL: 'fatal' } }, dependencies);
  return dependencies;
}

export async function freePorts(): Promise<Ports> {
  const names = [...serviceNames, 'redis', 'postgres'] as const;
  const ports = await Promise.all(names.map(async (name) => [name, await freePort()] as const));
  return Object.fromEntries(ports) as Ports;
}

/** They stay the same, unless a process ends and is started again. */
export const getPids = ({ services }: Pick<Stack, 'services'>) => serviceNames.map((name) => services[name].pid());

let shared: Promise<{ shop: Stack; pids: ReturnType<typeof getPids> }> | undefined;

const open = async () => {
  const shop = await openShop({
    PAYMENT_DEADLINE_SECONDS: '3',
    // Soon free again, after a story killed a process that held the lock.
    CHECKOUT_LEASE_SECONDS: '5',
    RATE_LIMIT_AUTH_PER_MINUTE: '100000000',
  });
  return { shop, pids: getPids(shop) };
};

/** One store for all stories of `shared-shop.spec.ts`. */
export const openSharedShop = async (): Promise<Stack> => (await (shared ??= open())).shop;

/** Throws when a service ended meanwhile: no request may end one. */
export async function closeSharedShop(): Promise<void> {
  if (!shared) return;
  const { shop, pids } = await shared;
  const now = getPids(shop);
  await shop.stop();
  if (String(now) !== String(pids)) throw new Error(`A service ended: its processes were ${pids}, and are ${now}.`);
}
