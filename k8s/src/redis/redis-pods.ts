import { execFile, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, mkdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { until } from '@badger-store/test-kit';
import { named, getWorkloads, type Container, type Workload } from '../manifests/objects';
import { mix } from '../manifests/variants';
import { createMachine, type Machine } from './machine';

const run = promisify(execFile);
/** The pods of the StatefulSet `redis`, as processes with addresses of 127.0.0.0/8: its commands, variables and files as they are. */
export interface RedisPods {
  readonly machine: Machine;
  readonly pods: readonly RedisPod[];
  readonly secrets: string;
  readonly isCluster: boolean;
  /** Resolves when every pod is ready, and every sentinel sees all others. */
  whenWhole(): Promise<void>;
  /** What the sentinels of these pods name, or of all that run, if they agree. */
  primary(of?: readonly RedisPod[]): Promise<RedisPod | undefined>;
  stop(): Promise<void>;
}

export interface RedisPod {
  readonly name: string;
  readonly isRunning: boolean;
  start(): Promise<void>;
  /** As Kubernetes ends a pod: the preStop and, at the same time, the sentinel; then Redis. Returns what the preStop said. */
  terminate(): Promise<string>;
  kill(): Promise<void>;
  /** Kills it, and waits until nothing of it runs. */
  stop(): Promise<void>;
  /** It says nothing any more, and its connections stay open, as those to a machine that is cut off. */
  freeze(): void;
  /** Kills Redis alone, and starts it again at once, as Kubernetes does with a container; `before` runs in between. */
  restartRedis(before?: () => Promise<void>): Promise<void>;
  isReady(): Promise<boolean>;
  /** Runs a script of the ConfigMap in the container of Redis. */
  script(name: string): Promise<string>;
  /** Asks its Redis, or its sentinel, as the user sentinel. */
  ask(what: 'redis' | 'sentinel', ...command: string[]): Promise<string>;
  /** What its Redis and the scripts before and beside it printed. */
  log(): Promise<string>;
  /** Whether the command of a probe of its Redis succeeds. */
  passes(probe: 'livenessProbe' | 'readinessProbe'): Promise<boolean>;
  readonly ip: string;
  readonly data: string;
}

export async function startRedisPods(components: readonly string[] = []): Promise<RedisPods> {
  const folder = await mkdtemp(join(tmpdir(), 'badger-pods-'));
  const machine = createMachine(folder);
  const { objects } = await mix(components);
  const workload = getWorkloads(objects).find(({ name }) => name === 'redis');
  if (!workload) throw new Error('There is no StatefulSet redis.');
  const files = workload.pod.volumes?.find(({ name }) => name === 'files')?.configMap?.name ?? '';

  const config = join(folder, 'config');
  await mkdir(config);
  for (const [name, text] of Object.entries(named(objects, 'ConfigMap', files).data as Record<string, string>)) {
    await writeFile(join(config, name), text);
  }
  const secrets = join(folder, 'secrets');
  await mkdir(secrets);
  const size = Number(workload.object.spec.replicas);
  const isCluster = !workload.pod.containers.some(({ name }) => name === 'sentinel');
  const names = Array.from({ length: size }, (_, index) => `redis-${index}`);
  await makeSecrets(secrets, names);

  const network = `127.${randomInt(64, 200)}.${randomInt(1, 250)}`;
  const pods = names.map((name, index) => {
    // Of its Service, which outlives the pod. Here the pod itself has the address.
    const ip = `${network}.${index + 1}`;
    machine.name(name, ip);
    return createPod({ machine, folder, config, secrets, name, ip, pod: workload.pod });
  });
  const running = () => pods.filter(({ isRunning }) => isRunning);

  const primary = async (of: readonly RedisPod[] = running()) => {
    const named = await Promise.all(
      of.map((pod) =>
        pod.ask('sentinel', 'sentinel', 'get-master-addr-by-name', 'badger').then((text) => text.split('\n')[0]),
      ),
    );
    return new Set(named).size === 1 ? pods.find(({ name }) => name === named[0]) : undefined;
  };
  // One question after the other: each is a process, and most polls end at the first.
  const isWhole = async () => {
    if (running().length !== size) return false;
    for (const pod of running()) {
      const master = await pod.ask('sentinel', 'sentinel', 'master', 'badger');
      if (!/^num-other-sentinels\n2$/m.test(master) || !/^flags\nmaster$/m.test(master)) return false;
      const replicas = await pod.ask('sentinel', 'sentinel', 'replicas', 'badger');
      if (replicas.match(/^flags\nslave$/gm)?.length !== 2) return false;
      if (replicas.match(/^master-link-status\nok$/gm)?.length !== 2) return false;
      if (!(await pod.isReady())) return false;
    }
    return (await primary()) !== undefined;
  };

  const isWholeCluster = async () => {
    const views = await Promise.all(
      pods.map(async (pod) => ({
        isReady: await pod.isReady(),
        info: await pod.ask('redis', 'cluster', 'info'),
        nodes: await pod.ask('redis', 'cluster', 'nodes'),
      })),
    );
    return views.every(
      ({ isReady, info, nodes }) =>
        isReady &&
        info.includes('cluster_state:ok') &&
        !/fail|noaddr|disconnected|handshake/.test(nodes) &&
        nodes.match(/slave [0-9a-f]{40}/g)?.length === size / 2,
    );
  };

  return {
    machine,
    isCluster,
    pods,
    secrets,
    primary,
    whenWhole: () =>
      until('all nodes see each other', () => sleep(250).then(isCluster ? isWholeCluster : isWhole), 60_000),
    async stop() {
      await Promise.all(pods.map((pod) => pod.stop()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface PodParts {
  readonly machine: Machine;
  readonly folder: string;
  readonly config: string;
  readonly secrets: string;
  readonly name: string;
  readonly ip: string;
  readonly pod: Workload['pod'];
}

function createPod({ machine, folder, config, secrets, name, ip, pod }: PodParts): RedisPod {
  const { initContainers = [], containers } = pod;
  const own = join(folder, name);
  const data = join(own, 'data');
  const runFolder = join(own, 'run');
  for (const path of [own, data, runFolder]) mkdirSync(path);
  const places: Record<string, string> = {
    CONFIG_DIR: config,
    DATA_DIR: data,
    RUN_DIR: runFolder,
    SECRETS_DIR: secrets,
  };
  const processes = new Map<string, ChildProcess>();

  const getContainer = (which: string) => {
    const container = [...initContainers, ...containers].find((one) => one.name === which) as Container & {
      command: string[];
    };
    const given = Object.fromEntries((container.env ?? []).map(({ name: key, value = '' }) => [key, value]));
    const env = { PATH: process.env.PATH, ...given, ...places, POD_NAME: name, POD_IP: ip };
    const local = (command: readonly string[]) => command.map((part) => part.replace(/^\/etc\/redis\//, `${config}/`));
    const hosts = container.volumeMounts?.find(({ mountPath }) => mountPath === '/etc/hosts')?.subPath;
    return { container, env, local, hostsFile: hosts && join(runFolder, hosts) };
  };
  const exec = (which: string, command: readonly string[]) => {
    const { env, local, hostsFile } = getContainer(which);
    return machine.run(local(command), { env: { ...env } }, hostsFile);
  };
  const wanted = new Set<string>();
  /** What runs beside a process ends a moment after it, and may still print. */
  const closed: Promise<unknown>[] = [];
  const begin = (which: string) => {
    wanted.add(which);
    const { container, env, local, hostsFile } = getContainer(which);
    const child = machine.spawn(local(container.command), { env, stdio: ['ignore', 'pipe', 'pipe'] }, hostsFile);
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => appendFileSync(join(own, `${which}.log`), chunk));
    processes.set(which, child);
    closed.push(once(child, 'close'));
    child.once('exit', () => {
      if (processes.get(which) !== child) return;
      processes.delete(which);
      if (!wanted.has(which)) return;
      // As Kubernetes restarts a container.
      setTimeout(() => wanted.has(which) && !processes.has(which) && begin(which), 200).unref();
    });
  };
  const end = async (which: string, signal: NodeJS.Signals) => {
    wanted.delete(which);
    const child = processes.get(which);
    if (!child) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  const asked = (which: 'redis' | 'sentinel', command: readonly string[]) =>
    exec(which, [
      'sh',
      '-c',
      '. "$CONFIG_DIR/nodes.sh"; which=$1; shift; $which "$POD_IP" "$@"',
      'ask',
      which,
      ...command,
    ]);

  const redisPod: RedisPod = {
    name,
    ip,
    data,
    log: () => readFile(join(own, 'redis.log'), 'utf8'),
    async passes(probe) {
      const { container } = getContainer('redis');
      return (await exec('redis', (container[probe]?.exec as { command: string[] }).command)).code === 0;
    },
    get isRunning() {
      return processes.size > 0;
    },
    async start() {
      await rm(runFolder, { recursive: true });
      await mkdir(runFolder);
      for (const { name: which } of initContainers) {
        const { container } = getContainer(which);
        const { code, output } = await exec(which, container.command);
        if (code !== 0) throw new Error(`${name}/${which}: ${output}`);
      }
      for (const container of containers) begin(container.name);
    },
    async terminate() {
      const { container } = getContainer('redis');
      const preStop = container.lifecycle?.preStop?.exec as { command: string[] };
      const [{ output }] = await Promise.all([exec('redis', preStop.command), end('sentinel', 'SIGTERM')]);
      await end('redis', 'SIGTERM');
      return output;
    },
    async kill() {
      await Promise.all([end('redis', 'SIGKILL'), end('sentinel', 'SIGKILL')]);
    },
    async stop() {
      await redisPod.kill();
      await Promise.all(closed);
    },
    freeze() {
      for (const child of processes.values()) child.kill('SIGSTOP');
    },
    async restartRedis(before = () => Promise.resolve()) {
      await end('redis', 'SIGKILL');
      await before();
      begin('redis');
    },
    async isReady() {
      const probes = containers.map(
        (one) => [one.name, (one.readinessProbe?.exec as { command: string[] }).command] as const,
      );
      const responses = await Promise.all(probes.map(([which, command]) => exec(which, command)));
      return responses.every(({ code }) => code === 0);
    },
    script: async (script) => (await exec('redis', ['sh', `/etc/redis/${script}`])).output,
    ask: async (what, ...command) => (await asked(what, command)).output.trim(),
  };
  return redisPod;
}

async function makeSecrets(folder: string, names: readonly string[]): Promise<void> {
  const file = (name: string) => join(folder, name);
  let rules = await readFile(join(__dirname, '../../../docker/redis/users.acl.example'), 'utf8');
  for (const user of ['operator', 'cart', 'replication', 'sentinel']) {
    const password = randomBytes(32).toString('base64url');
    const hash = createHash('sha256').update(password).digest('hex');
    rules = rules.replace(new RegExp(`^(user ${user} on) #0{64}`, 'm'), `$1 #${hash}`);
    await writeFile(file(`${user}-password`), password);
  }
  await writeFile(file('users.acl'), rules);
  await openssl(
    folder,
    'req',
    '-x509',
    ...newKey,
    '-days',
    '2',
    '-subj',
    '/CN=test',
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
  );
  await makeCertificate(folder, names);
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
const openssl = (folder: string, ...args: string[]) => run('openssl', args, { cwd: folder });

/** Makes a certificate and its key, from the same authority as the last one, and replaces the files. */
export async function makeCertificate(folder: string, names: readonly string[]): Promise<void> {
  const file = (name: string) => join(folder, name);
  await writeFile(file('ext'), `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}\n`);
  await openssl(folder, 'req', ...newKey, '-subj', '/CN=redis', '-keyout', 'tls.key.new', '-out', 'tls.csr');
  const serial = ['-set_serial', String(randomInt(2 ** 32))];
  await openssl(
    folder,
    ...['x509', '-req', '-in', 'tls.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', ...serial, '-days', '2'],
    ...['-extfile', 'ext', '-out', 'tls.crt.new'],
  );
  for (const name of ['tls.key', 'tls.crt']) await rename(file(`${name}.new`), file(name));
}
