import { resolve } from 'node:path';
import { startStack, type Ports, type Stack } from '@badger-store/stack';
import { freePort } from '@badger-store/test-kit';

const root = resolve(__dirname, '../../../..');

/** The whole store, as built, on free ports and with data of its own. */
export async function openShop(
  env: NodeJS.ProcessEnv = {},
  dependencies: { readonly redisUrl?: string; readonly databaseUrl?: string } = {},
): Promise<Stack> {
  const ports: Ports = {
    gateway: await freePort(),
    inventory: await freePort(),
    checkout: await freePort(),
    redis: await freePort(),
    postgres: await freePort(),
  };
  return startStack({
    root,
    ports,
    ...dependencies,
    env: { ...process.env, LOG_LEVEL: 'fatal', ...env },
    say: () => undefined,
  });
}

let shared: Promise<Stack> | undefined;

/** One store, with default settings, for all stories of `shared-shop.spec.ts`. */
export const openSharedShop = (): Promise<Stack> => (shared ??= openShop());

export const closeSharedShop = async (): Promise<void> => (await shared)?.stop();
