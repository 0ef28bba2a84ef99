// The services as they ship: bundled as for an image, with production's settings, on a Redis and a PostgreSQL of their own.
import { mkdtemp, rm } from 'node:fs/promises';
import { spawn, spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onServerCore } from './cores.mjs';
import { freePort, startProgram } from './processes.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** PostgreSQL has the passwords of development. */
const insecure = { DANGEROUSLY_ALLOW_INSECURE_SETTINGS: '1' };

const local = (port) => `http://127.0.0.1:${port}`;

/** Wide enough for a load that is the only customer; everything is counted all the same. */
const limits = {
  RATE_LIMIT_ADDRESS_PER_MINUTE: '10000000',
  RATE_LIMIT_SESSION_PER_MINUTE: '10000000',
  RATE_LIMIT_API_KEY_PER_MINUTE: '10000000',
  RATE_LIMIT_AUTH_PER_MINUTE: '10000000',
};

/** Starts the dependencies and a gateway that signs tokens. `startService` starts the services that are measured. */
export async function startStore(redisUrl) {
  const folder = await mkdtemp(join(tmpdir(), 'badger-bench-'));
  const keys = {
    USER_TOKEN_PRIVATE_KEY_FILE: join(folder, 'user-token.pem'),
    REFRESH_TOKEN_SECRET_FILE: join(folder, 'refresh-token-secret'),
    DEVICE_COOKIE_SECRET_FILE: join(folder, 'device-cookie-secret'),
    SERVICE_TOKEN_SECRET_FILE: join(folder, 'service-token-secrets'),
  };
  const ports = { gateway: await freePort(), gatewayAdmin: await freePort(), postgres: await freePort() };
  const gatewayUrl = local(ports.gateway);

  const dependencies = await startDependencies({
    ...process.env,
    ...keys,
    DATA_FOLDER: folder,
    REDIS_URL: redisUrl,
    POSTGRES_PORT: String(ports.postgres),
  });
  const bundles = new Map();
  const getBundle = (service) => {
    if (!bundles.has(service)) bundles.set(service, bundle(service, join(folder, 'bundles', service)));
    return bundles.get(service);
  };

  /** On the core of what is under test, unless it is not; resolves when it has what it depends on. `wrapper` runs it instead of Node. */
  const startService = async (service, options = {}) => {
    const { env = {}, nodeOptions = [], isUnderTest = true, wrapper = [process.execPath] } = options;
    const own = { port: options.port ?? (await freePort()), adminPort: options.adminPort ?? (await freePort()) };
    // Another process reads the log, as a container's runtime does, and ends with the service.
    const log = spawn('cat', { stdio: ['pipe', 'ignore', 'inherit'] });
    const command = [...wrapper, '--enable-source-maps', ...nodeOptions, getBundle(service)];
    const startedAt = performance.now();
    const program = await startProgram({
      command: isUnderTest ? onServerCore(command) : command,
      env: {
        NODE_ENV: 'production',
        HOST: '127.0.0.1',
        PORT: String(own.port),
        ADMIN_PORT: String(own.adminPort),
        REDIS_URL: redisUrl,
        JWKS_URL: `${gatewayUrl}/.well-known/jwks.json`,
        TRUSTED_PROXIES: '1',
        GATEWAY_ADMIN_URL: local(ports.gatewayAdmin),
        DATABASE_URL: `postgres://${service}:${service}@127.0.0.1:${ports.postgres}/badger_store`,
        INVENTORY_URL: gatewayUrl,
        CHECKOUT_URL: gatewayUrl,
        FIRST_PARTY_ORIGINS: gatewayUrl,
        PAYMENT_METHODS: 'test',
        CART_MAX_QUANTITY: '1000000',
        ...insecure,
        ...limits,
        ...keys,
        ...env,
      },
      stdio: ['ignore', log.stdin, 'inherit', 'ipc'],
      isReady: () => hasItsDependencies(own.adminPort),
    }).finally(() => log.stdin.destroy());
    return { ...program, url: local(own.port), readyAfterMs: performance.now() - startedAt };
  };

  const own = { port: ports.gateway, adminPort: ports.gatewayAdmin, isUnderTest: false };
  const gateway = await startService('gateway', own).catch(async (error) => {
    await dependencies.stop();
    throw error;
  });
  return {
    gatewayUrl,
    startService,
    async stop() {
      await gateway.stop();
      await dependencies.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL with tables and itemIds, and the keys that the services share: `npm run deps`, in another folder. */
async function startDependencies(env) {
  let said = '';
  return startProgram({
    command: [process.execPath, join(root, 'dist', 'tools', 'stack', 'main.js'), '--deps'],
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    isReady(child) {
      if (child.stdout.listenerCount('data') === 0) child.stdout.on('data', (chunk) => (said += chunk));
      return said.includes('ready for nx serve');
    },
  });
}

function bundle(service, folder) {
  const { status, stderr } = spawnSync(process.execPath, [join('docker', 'bundle.mjs'), service, folder], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`bundling ${service} failed: ${stderr}`);
  return join(folder, 'main.js');
}

/** The dependencies of the service itself; the services that it calls may be down. */
async function hasItsDependencies(adminPort) {
  try {
    const response = await fetch(`${local(adminPort)}/readyz`);
    const { redis, postgres, revocations } = (await response.json()).dependencies;
    return response.ok && [redis, postgres, revocations].every((state) => state === 'up');
  } catch {
    return false;
  }
}
