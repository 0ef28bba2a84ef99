import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { freePort } from '@badger-store/test-kit';
import { runGatewayCommand } from './gateway-command';
import { toProgram } from './programs';
import { serviceNames, type ServiceName } from './services';
import { readShellSettings } from './shell-settings';
import { startStack } from './stack';

const root = resolve(__dirname, '../../..');
const lines = readFileSync(join(root, '.env.example'), 'utf8').split('\n');
/** Set ones and those that are commented out. */
const settings = lines.flatMap((line) => {
  const [, name = '', value = ''] = /^#? ?([A-Z][A-Z0-9_]+)=(\S*)$/.exec(line) ?? [];
  return name ? [{ name, value: value || '/run/secrets/example' }] : [];
});

const placeOf = { redis: { REDIS_URL: 'redis://redis:1' }, postgres: { DATABASE_URL: 'postgres://me@postgres/store' } };

/** A setting in the shell; what says how to log in to a server goes with where the server is. */
function shellWith(name: string, value: string): NodeJS.ProcessEnv {
  if (/^DATABASE_PASSWORD_FILE|^MIGRATION_DATABASE/.test(name)) return { ...placeOf.postgres, [name]: value };
  if (/^REDIS_(USERNAME|PASSWORD|TLS|SENTINEL_NAME)/.test(name)) return { ...placeOf.redis, [name]: value };
  return { [name]: value };
}

function getEnvironments(shell: NodeJS.ProcessEnv): Record<ServiceName, NodeJS.ProcessEnv> {
  const { ports, env, redisUrl } = readShellSettings(shell, root);
  const url = env.DATABASE_URL ?? 'postgres://own';
  const stores = { redisUrl, databaseUrls: Object.fromEntries(serviceNames.map((service) => [service, url])) };
  const environments = serviceNames.map((service) => [service, toProgram(service, { root, ports, env }, stores).env]);
  return Object.fromEntries(environments) as Record<ServiceName, NodeJS.ProcessEnv>;
}

/** Those that the stack turns into settings of its parts. */
const translated: Record<string, (of: Record<ServiceName, NodeJS.ProcessEnv>) => (string | undefined)[]> = {
  PORT: ({ gateway }) => [gateway.PORT],
  GATEWAY_PORT: ({ gateway }) => [gateway.PORT],
  INVENTORY_PORT: ({ inventory, gateway }) => [inventory.PORT, gateway.INVENTORY_URL?.split(':').at(-1)],
  CHECKOUT_PORT: ({ checkout, inventory }) => [checkout.PORT, inventory.CHECKOUT_URL?.split(':').at(-1)],
  ADMIN_PORT: ({ gateway }) => [gateway.ADMIN_PORT],
};
const ofTheStack: Record<string, (shell: NodeJS.ProcessEnv) => string> = {
  REDIS_PORT: (shell) => String(readShellSettings(shell, root).ports.redis),
  POSTGRES_PORT: (shell) => String(readShellSettings(shell, root).ports.postgres),
  DATA_FOLDER: (shell) => readShellSettings(shell, root).dataFolder,
};

describe('npm start', () => {
  it('has a port in .env.example for every service', () => {
    const names = settings.map(({ name }) => name);
    expect(serviceNames.filter((service) => !names.includes(`${service.toUpperCase()}_PORT`))).toEqual([]);
  });

  it.each(settings)('gives every service $name when the shell sets it to $value', ({ name, value }) => {
    const other = /^\d+$/.test(value) ? String(Number(value) + 17) : value;
    const shell = shellWith(name, other);
    const stackReads = ofTheStack[name];
    if (stackReads) return expect(stackReads(shell)).toBe(other);
    const environments = getEnvironments(shell);
    const seen = translated[name]?.(environments) ?? serviceNames.map((service) => environments[service][name]);
    expect(seen).toEqual(seen.map(() => other));
    expect(seen).not.toHaveLength(0);
  });

  it('counts a variable that is set to nothing as not set', () => {
    const shell = Object.fromEntries(settings.map(({ name }) => [name, '']));
    expect(getEnvironments(shell)).toEqual(getEnvironments({}));
    expect(readShellSettings(shell, root)).toEqual(readShellSettings({}, root));
  });

  it.each(['GATEWAY_PORT', 'INVENTORY_PORT', 'CHECKOUT_PORT', 'REDIS_PORT', 'POSTGRES_PORT', 'PORT', 'ADMIN_PORT'])(
    'refuses a %s that is no port with a message that names it',
    (name) => {
      for (const value of ['0', '-1', 'NaN', 'Infinity', '1e3', '0x10', '65536', ' 1']) {
        expect(() => readShellSettings({ [name]: value }, root)).toThrow(new RegExp(`^${name}: must be`));
      }
    },
  );

  it.each([
    'REDIS_PASSWORD_FILE',
    'REDIS_USERNAME',
    'REDIS_TLS_CA_FILE',
    'DATABASE_PASSWORD_FILE',
    'MIGRATION_DATABASE_URL',
  ])('refuses %s when the store starts that server itself', (name) => {
    expect(() => readShellSettings({ [name]: 'x' }, root)).toThrow(`setting ${name}: `);
  });

  it('leads to an IPv6 address when HOST is one', () => {
    const { gateway, checkout } = getEnvironments({ HOST: '::1' });
    expect(gateway).toMatchObject({ HOST: '::1', INVENTORY_URL: 'http://[::1]:3001' });
    expect(checkout.JWKS_URL).toBe('http://[::1]:3000/.well-known/jwks.json');
  });
});

/** Stands for each service: writes its environment down, and responds at `/readyz`. */
const program = `
const { appendFileSync } = require('node:fs');
appendFileSync(__filename + '.log', JSON.stringify({ args: process.argv.slice(2), env: process.env }) + '\\n');
const serve = () => {
  const { PORT, ADMIN_PORT, HOST } = process.env;
  const server = require('node:http').createServer((_req, res) => res.end('{"dependencies":{}}'));
  server.listen(Number(ADMIN_PORT ?? PORT), HOST);
  process.on('SIGTERM', () => process.exit(0));
};
if (process.argv.length === 2) serve();
`;

describe('a process that npm start runs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'badger-stack-spec-'));
  const getFile = (service: string) => join(folder, 'dist', 'apps', service, 'main.js');
  const getRuns = (service: string) =>
    readFileSync(`${getFile(service)}.log`, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { args: string[]; env: NodeJS.ProcessEnv });

  beforeAll(() => {
    for (const service of serviceNames) {
      mkdirSync(dirname(getFile(service)), { recursive: true });
      writeFileSync(getFile(service), program);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has all that the shell sets, as npm run api-keys and npm run keys:rotate have it, when all of it is set', async () => {
    const own = ['HOST', 'PORT', 'ADMIN_PORT', 'REDIS_SENTINELS', 'REDIS_CLUSTER_NODES', ...Object.keys(ofTheStack)];
    const ports = { GATEWAY_PORT: await freePort(), INVENTORY_PORT: await freePort(), CHECKOUT_PORT: await freePort() };
    const passed = Object.fromEntries(
      settings.filter(({ name }) => !own.includes(name) && !(name in ports)).map(({ name, value }) => [name, value]),
    );
    const numbers = Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)]));
    const shell = readShellSettings({ ...passed, ...numbers }, folder);
    const stack = await startStack({ root: folder, ...shell, say: () => undefined });
    try {
      expect(await runGatewayCommand(folder, shell, ['api-keys', 'list'])).toBe(0);
    } finally {
      await stack.stop();
    }
    for (const service of serviceNames) {
      for (const { env } of getRuns(service)) expect(env).toMatchObject(passed);
    }
    expect(getRuns('gateway').map(({ args }) => args)).toEqual([['migrate'], [], ['api-keys', 'list']]);
  });

  it('reaches the Redis and the PostgreSQL of the store when their ports are moved', async () => {
    const shell = readShellSettings({ REDIS_PORT: '7001', POSTGRES_PORT: '7002' }, folder);
    expect(await runGatewayCommand(folder, shell, ['rotate-keys'])).toBe(0);
    expect(getRuns('gateway').at(-1)).toMatchObject({
      args: ['rotate-keys'],
      env: {
        REDIS_URL: 'redis://127.0.0.1:7001',
        DATABASE_URL: 'postgres://gateway:gateway@127.0.0.1:7002/badger_store',
      },
    });
  });
});
