import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceNames, wideLimits, type Ports, type ServiceName, type Stack } from '@badger-store/stack';
import { until, untilReady } from '@badger-store/test-kit';
import { openBooks, type Books } from './books';
import { runProgram, startReplica, type Replica } from './program';
import { openServiceAddress } from './service-address';
import { freePorts, openShop } from './shop';

/** A store with two processes of each service, all of which know each other. */
export interface Fleet {
  /** One address for both gateways. */
  readonly url: string;
  readonly books: Books;
  /** One process of each service. */
  readonly replicas: readonly Restartable[];
  /** The other ones, which the stack supervises. */
  readonly supervised: readonly Restartable[];
  rotateKeys(): Promise<void>;
}

type Restartable = Pick<Replica, 'restart'>;

let shared: Promise<Fleet & { stop(): Promise<void> }> | undefined;

/** One fleet for all stories of `replicas.stores.spec.ts`. */
export const openSharedFleet = (): Promise<Fleet> => (shared ??= open());

export const closeSharedFleet = async (): Promise<void> => (await shared)?.stop();

async function open() {
  const folder = await mkdtemp(join(tmpdir(), 'fleet-'));
  const [ports, replicaPorts] = [await freePorts(), await freePorts()];
  const getUrls = (service: ServiceName) =>
    [ports[service], replicaPorts[service]].map((port) => `http://127.0.0.1:${port}`);
  const store = await openServiceAddress(getUrls('gateway'));
  const keys = { USER_TOKEN_PRIVATE_KEY_FILE: join(folder, 'user-token.pem') };
  const settings = {
    ...keys,
    HOST: '127.0.0.1',
    JWKS_URL: `${store.url}/.well-known/jwks.json`,
    GATEWAY_ADMIN_URL: getUrls('gateway').join(),
    ...Object.fromEntries(serviceNames.map((name) => [`${name.toUpperCase()}_URL`, getUrls(name).join()])),
    FIRST_PARTY_ORIGINS: store.url,
    ...wideLimits,
    RATE_LIMIT_AUTH_PER_MINUTE: '100000',
  };
  const getDatabase = (user: string) => `postgres://${user}:${user}@127.0.0.1:${ports.postgres}/badger_store`;

  const stack = await openShop(settings, { ports });
  const books = openBooks(getDatabase('postgres'));
  const replicas = await Promise.all(
    serviceNames.map((service) =>
      startReplica(service, replicaPorts[service], {
        ...settings,
        REDIS_URL: `redis://127.0.0.1:${ports.redis}`,
        DATABASE_URL: getDatabase(service),
      }),
    ),
  );
  return {
    url: store.url,
    books,
    replicas,
    supervised: serviceNames.map((service) => ({ restart: () => restartSupervised(stack, ports, service) })),
    async rotateKeys() {
      await runProgram('gateway', ['rotate-keys', '--in', '5'], { ...keys, DATABASE_URL: getDatabase('gateway') });
    },
    async stop() {
      await store.close();
      await books.close();
      await Promise.all(replicas.map((replica) => replica.stop()));
      await stack.stop();
      await rm(folder, { recursive: true });
    },
  };
}

async function restartSupervised(stack: Stack, ports: Ports, service: ServiceName): Promise<void> {
  const before = stack.services[service].pid();
  if (before === undefined) throw new Error(`${service} does not run`);
  process.kill(before, 'SIGTERM');
  await until(`${service} has a new process`, () => {
    const now = stack.services[service].pid();
    return now !== undefined && now !== before;
  });
  await untilReady(service, `http://127.0.0.1:${ports[service]}`);
}
