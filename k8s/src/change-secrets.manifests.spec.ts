import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { serviceSecrets, type ServiceSecrets } from '@badger-store/service-kit';
import { findCommands } from './cluster/stories/page';
import { findKubectl } from './manifests/kubectl';
import { services } from './manifests/objects';
import { documentedSecrets } from './manifests/secrets';

type Secrets = Record<string, Record<string, string>>;

/** A restart of pods or a change of PostgreSQL, with the Secrets of that moment. */
interface Event {
  readonly what: string;
  readonly input: string;
  readonly secrets: Secrets;
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'badger-change-secrets-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Knows the Secrets and keys of README.md only; the kubectl of the tests runs the templates. */
const kubectl = (real: string, path: string) => `#!${process.execPath}
const { execFileSync } = require('node:child_process');
const { readFileSync, writeFileSync } = require('node:fs');
const state = JSON.parse(readFileSync('${path}', 'utf8'));
const [, , option, namespace, ...args] = process.argv;
const fail = () => { console.error('unexpected: ' + process.argv.slice(2).join(' ')); process.exit(1); };
const record = (what, input = '') => state.events.push({ what, input, secrets: state.secrets });
const secret = () => state.secrets[args[2]] ?? fail();
const line = args.join(' ');
if (option !== '-n' || namespace !== 'badger-store') fail();
if (/^get secret \\S+ -o go-template=/.test(line)) {
  const literals = Object.entries(secret()).map(([key, text]) => '--from-literal=' + key + '=' + text);
  const made = ['create', 'secret', 'generic', 'any', '--dry-run=client', ...literals, '-o', args[4]];
  process.stdout.write(execFileSync('${real}', made, { stdio: ['ignore', 'pipe', 'inherit'] }));
} else if (/^patch secret \\S+ -p /.test(line)) {
  for (const [key, text] of Object.entries(JSON.parse(args[4]).data)) {
    if (secret()[key] === undefined) fail();
    state.secrets = { ...state.secrets, [args[2]]: { ...secret(), [key]: Buffer.from(text, 'base64').toString() } };
  }
} else if (/^rollout (restart( deployment\\/(${services.join('|')}))+|status deployment\\/(${services.join('|')}) --timeout=10m)$/.test(line)) {
  record(line);
} else if (/^exec -i postgres-0 -- psql -U postgres -d badger_store /.test(line)) {
  record('psql', readFileSync(0, 'utf8'));
} else if (line === 'get pods -l app.kubernetes.io/name=gateway -o name') {
  console.log('pod/gateway-a\\npod/gateway-b');
} else if (/^exec pod\\/gateway-[ab] -- node -e /.test(line)) {
  const polls = state.events.filter(({ what }) => what === args[1]).length;
  record(args[1]);
  console.log(JSON.stringify({ keys: [{ kid: 'old' }, { kid: polls === 0 ? 'old' : '-new' }] }));
} else fail();
writeFileSync('${path}', JSON.stringify(state));
`;

const rotate = `#!/bin/sh
[ "$*" = 'run keys:rotate -- --in 600' ]
echo 'the new key' >>"$USER_TOKEN_PRIVATE_KEY_FILE"
echo 'key -new is published; it signs userTokens from 2030-01-01T00:00:00.000Z'
`;

/** Runs the commands as the cluster tests do, and returns what happened. */
async function run(page: string, change: Secrets, section?: string): Promise<{ events: Event[]; secrets: Secrets }> {
  const path = join(folder, 'state.json');
  const secrets = Object.fromEntries(
    [...documentedSecrets()].map(([name, keys]) => [
      name,
      { ...Object.fromEntries(keys.map((key) => [key, `old ${name} ${key}`])), ...change[name] },
    ]),
  );
  await writeFile(path, JSON.stringify({ secrets, events: [] }));
  await writeFile(join(folder, 'kubectl'), kubectl(await findKubectl(), path), { mode: 0o755 });
  await writeFile(join(folder, 'npm'), rotate, { mode: 0o755 });
  const commands = findCommands(await readFile(join(__dirname, '../../docs/how-to', page), 'utf8'), section);
  await mkdir(join(folder, 'tmp'));
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, TMPDIR: join(folder, 'tmp') };
  await promisify(execFile)('sh', ['-euc', commands], { cwd: folder, env, timeout: 200_000 });
  await rm(join(folder, 'tmp'), { recursive: true });
  return JSON.parse(await readFile(path, 'utf8')) as { events: Event[]; secrets: Secrets };
}

const restarts = (events: readonly Event[]) => events.filter(({ what }) => what.startsWith('rollout restart'));
const toLines = (text = '') => text.split('\n').filter(Boolean);

it('pods have the old and the new PostgreSQL password when the roles change, and the new one afterwards', async () => {
  const { events, secrets } = await run('change-postgres-passwords.md', {});
  const inventory = 'deployment/inventory';
  expect(events.map(({ what }) => what)).toEqual([
    `rollout restart ${inventory}`,
    `rollout status ${inventory} --timeout=10m`,
    'psql',
  ]);
  for (const [role, name] of Object.entries({ inventory: 'inventory', inventory_owner: 'inventory-migration' })) {
    const password = secrets[`${name}-files`]?.['database-password'] ?? '';
    const old = `old ${name}-files database-password`;
    expect(password).toMatch(/^[0-9a-f]{64}$/);
    expect(toLines(events[0]?.secrets[`${name}-files`]?.['database-password'])).toEqual([old, password]);
    expect(events[2]?.secrets).toEqual(events[0]?.secrets);
    expect(toLines(events[2]?.input)).toContain(`alter role ${role} password '${password}';`);
    expect(secrets['postgres-files']?.[`${role}-password`]).toBe(password);
  }
}, 240_000);

it('each gateway publishes a new key of userTokens before the page ends', async () => {
  const { events, secrets } = await run('change-user-token-keys.md', {});
  expect(secrets['gateway-files']?.['user-token.pem']).toBe('old gateway-files user-token.pemthe new key\n');
  const polls = ['pod/gateway-a', 'pod/gateway-b'].flatMap((pod) => [pod, pod]);
  expect(events.map(({ what }) => what)).toEqual(polls);
}, 240_000);

it('services before and after each restart accept each other’s service tokens while the secrets change', async () => {
  const pairs = ['gateway:checkout', 'inventory:checkout', 'inventory:gateway', 'checkout:inventory'];
  const own = (service: string) => pairs.filter((pair) => pair.split(':').includes(service));
  const key = 'service-token-secrets';
  const old = Object.fromEntries(
    services.map((service) => [
      `${service}-files`,
      {
        [key]: own(service)
          .map((pair) => `${pair} ${pair.padEnd(40, '-')}\n`)
          .join(''),
      },
    ]),
  );
  const { events } = await run('change-service-secrets.md', old, 'Service tokens');
  const every = services.map((service) => `deployment/${service}`).join(' ');
  expect(restarts(events).map(({ what }) => what)).toEqual(Array.from({ length: 3 }, () => `rollout restart ${every}`));

  const steps = [old, ...restarts(events).map(({ secrets }) => secrets)];
  const read = async (step: Secrets, service = ''): Promise<ServiceSecrets> => {
    const path = join(folder, 'service-token-secrets');
    await writeFile(path, step[`${service}-files`]?.[key] ?? '');
    return serviceSecrets.parse(path);
  };
  for (const pair of pairs) {
    const [caller, callee] = pair.split(':');
    for (const [index, step] of steps.entries()) {
      const around = steps.slice(Math.max(index - 1, 0), index + 2);
      const [signs] = (await read(step, caller)).get(pair) ?? [];
      for (const other of around) expect((await read(other, callee)).get(pair)).toContain(signs);
    }
    const last = (await read(steps.at(-1) ?? {}, callee)).get(pair);
    expect(last).toHaveLength(1);
    expect((await read(old, callee)).get(pair)).not.toContain(last?.[0]);
  }
}, 240_000);

it('gateways before and after each restart accept each other’s refresh tokens while the secret changes', async () => {
  const page = 'change-service-secrets.md';
  const key = 'refresh-token-secret';
  const getLines = ({ secrets }: { readonly secrets: Secrets }) => toLines(secrets['gateway-files']?.[key]);
  const first = await run(page, {}, 'Refresh tokens and device cookies');
  const old = `old gateway-files ${key}`;
  const [added, moved] = restarts(first.events).map(getLines);
  const fresh = added?.[1];
  expect(fresh).toMatch(/^[0-9a-f]{64}$/);
  expect([added, moved]).toEqual([
    [old, fresh],
    [fresh, old],
  ]);
  const { events, secrets } = await run(page, first.secrets, 'Remove the old secret');
  expect(restarts(events).map(getLines)).toEqual([[fresh]]);
  expect(getLines({ secrets })).toEqual([fresh]);
}, 240_000);
