import { services } from '../../manifests/objects';
import { until } from '../kubernetes';
import { runCommandLine } from '../run-program';
import { awaitReady, getPods, getPrimary } from '../store';
import { needsSignal } from './redis';
import {
  listExpendableNodes,
  movePrimary,
  pause,
  shopWhile,
  signalPods,
  type Story,
  type Targets,
  type World,
} from './story';

const cutMs = 60_000;
const dnsDownMs = 60_000;
const apiDownMs = 30_000;
/** After the first second the pods of a lost node are known. */
const detectionMs = 1_000;
const failoverTargetMs = 10_000;

const whySkipCut: Story['whySkip'] = async (world) => {
  if (world.options.cutNode === undefined) return 'there is no --cut-node';
  return (await listExpendableNodes(world)).length > 0 ? undefined : 'there is no node to cut off';
};

/** A node with a pod of each service, but without the Redis primary. Customers use a gateway on another node. */
export const nodeCut: Story = {
  name: 'node-cut',
  whySkip: whySkipCut,
  run: (world) => cutNode(world, { noErrorsAfterMs: detectionMs }, 'elsewhere'),
};

export const primaryNodeCut: Story = {
  name: 'primary-node-cut',
  whySkip: whySkipCut,
  run: (world) => cutNode(world, {}, 'there'),
};

async function cutNode(world: World, targets: Targets, primary: 'there' | 'elsewhere') {
  const { kubernetes, options } = world;
  const nodes = await kubernetes.list('nodes', 'default');
  const [node = ''] = await listExpendableNodes(world);
  await scale(world, nodes.length);
  try {
    await awaitReady(kubernetes, options);
    await movePrimary(world, (name) => (primary === 'there') === (name === node));
    for (const service of services) await spread(world, service, node);
    const gateways = await getPods(kubernetes, options, 'gateway');
    const living = gateways.find(({ spec }) => spec.nodeName !== node);
    if (!living) throw new Error('There is no gateway on another node.');
    const happens = async () => {
      await runCommandLine(options.cutNode ?? '', { node });
      try {
        await pause(world, cutMs);
      } finally {
        await runCommandLine(options.joinNode ?? '', { node });
      }
      await until('the node is ready', async () => {
        const ready = 'jsonpath={.status.conditions[?(@.type=="Ready")].status}';
        return (await kubernetes.kubectl(['get', 'node', node, '-o', ready])) === 'True';
      });
    };
    return await shopWhile(world, targets, happens, `http://${living.status.podIP}:3000`);
  } finally {
    await scale(world, 2);
    await awaitReady(kubernetes, options);
  }
}

/** The scheduler prefers nodes without a pod of the service, but does not move pods. */
async function spread({ kubernetes, options }: World, service: string, node: string): Promise<void> {
  for (let attempts = 0; attempts < 4; attempts++) {
    const pods = await getPods(kubernetes, options, service);
    if (pods.some(({ spec }) => spec.nodeName === node)) return;
    const surplus = pods.find((pod) =>
      pods.some((other) => other !== pod && other.spec.nodeName === pod.spec.nodeName),
    );
    if (!surplus) break;
    await kubernetes.inStore(['delete', 'pod', surplus.metadata.name], { timeoutMs: 120_000 });
    await awaitReady(kubernetes, options);
  }
  throw new Error(`${node} has no pod of ${service}.`);
}

const scale = ({ kubernetes }: World, replicas: number) =>
  kubernetes.inStore(['scale', `--replicas=${replicas}`, ...services.map((service) => `deployment/${service}`)]);

const whySkipDns: NonNullable<Story['whySkip']> = ({ options }) =>
  options.breakDns ? undefined : 'there is no --break-dns';

export const dnsDown: Story = {
  name: 'dns-down',
  whySkip: whySkipDns,
  run: (world) => shopWhile(world, { noErrors: true }, () => withoutDns(world, () => pause(world, dnsDownMs))),
};

/** The primary is killed while names cannot be resolved. */
export const dnsDownFailover: Story = {
  name: 'dns-down-failover',
  whySkip: (world) => whySkipDns(world) ?? needsSignal(world),
  run: (world) =>
    shopWhile(world, { outageMs: failoverTargetMs }, () =>
      withoutDns(world, async () => {
        await pause(world, dnsDownMs / 3);
        const primary = await getPrimary(world.kubernetes, world.options);
        await signalPods(world, [primary], ['redis'], 'KILL');
        await pause(world, (dnsDownMs * 2) / 3);
      }),
    ),
};

interface DnsDeployment {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly replicas: number;
    readonly template: { readonly metadata: { readonly labels?: Readonly<Record<string, string>> } };
  };
}

async function withoutDns({ kubernetes }: World, happens: () => Promise<void>): Promise<void> {
  const selector = 'k8s-app=kube-dns';
  const kubectl = (...args: string[]) => kubernetes.kubectl(['-n', 'kube-system', ...args], { timeoutMs: 120_000 });
  const deployments = await kubernetes.list<DnsDeployment>('deployments', 'kube-system');
  // Not every cluster has the label on the Deployment itself.
  const server = deployments.find(({ spec }) => spec.template.metadata.labels?.['k8s-app'] === 'kube-dns');
  if (!server) throw new Error(`kube-system has no Deployment of pods with the label ${selector}.`);
  const name = `deployment/${server.metadata.name}`;
  try {
    await kubectl('scale', '--replicas=0', name);
    await until(
      'the DNS servers are gone',
      async () => (await kubernetes.list('pods', 'kube-system', selector)).length === 0,
    );
    await happens();
  } finally {
    await kubectl('scale', `--replicas=${server.spec.replicas}`, name);
    await kubectl('rollout', 'status', name, '--timeout=110s');
  }
}

export const apiDown: Story = {
  name: 'api-down',
  whySkip: ({ options }) => (options.stopApi === undefined ? 'there is no --stop-api' : undefined),
  run: (world) =>
    shopWhile(world, { noErrors: true }, async () => {
      await runCommandLine(world.options.stopApi ?? '');
      try {
        await pause(world, apiDownMs);
      } finally {
        await runCommandLine(world.options.startApi ?? '');
      }
    }),
};
