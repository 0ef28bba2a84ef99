import { setTimeout as sleep } from 'node:timers/promises';
import { until, type Pod } from '../kubernetes';
import { toPod } from '../pods';
import { getPods, ingressNamespace, otherNamespace } from '../store';
import type { Story, World } from './story';

const ports = {
  gateway: { app: 'gateway', port: 3000 },
  'gateway https': { app: 'gateway', port: 3443 },
  'gateway admin': { app: 'gateway', port: 9000 },
  inventory: { app: 'inventory', port: 3000 },
  'inventory https': { app: 'inventory', port: 3443 },
  'inventory admin': { app: 'inventory', port: 9000 },
  checkout: { app: 'checkout', port: 3000 },
  'checkout https': { app: 'checkout', port: 3443 },
  'checkout admin': { app: 'checkout', port: 9000 },
  redis: { app: 'redis', port: 6379 },
  sentinel: { app: 'redis', port: 26379 },
  postgres: { app: 'postgres', port: 5432 },
} as const;
type Target = keyof typeof ports;

const stores: readonly Target[] = ['redis', 'sentinel', 'postgres'];
/** By the place that connects. What is not listed is denied. */
const allowed: Readonly<Record<string, readonly Target[]>> = {
  'a pod of the namespace without labels': [],
  'another namespace': [],
  'the ingress namespace': ['gateway'],
  gateway: ['inventory https', 'checkout https', ...stores],
  inventory: ['gateway https', 'checkout https', ...stores],
  checkout: ['gateway https', 'inventory https', ...stores],
};

/** Prints the reachable ones of HOST:PORT… */
const probe = `
const net = require('node:net');
for (const target of process.argv.slice(1)) {
  const [host, port] = target.split(':');
  const socket = net.connect({ host, port, timeout: 2000 }, () => { console.log(target); socket.destroy(); });
  socket.on('timeout', () => socket.destroy()).on('error', () => undefined);
}`;

/** Opens a connection from each place to each port of another pod. */
export const policies: Story = {
  name: 'policies',
  async run(world) {
    const { kubernetes, options } = world;
    const started = Date.now();
    const probes = [
      { place: 'a pod of the namespace without labels', namespace: options.namespace },
      { place: 'another namespace', namespace: otherNamespace(options) },
      { place: 'the ingress namespace', namespace: ingressNamespace(options) },
    ];
    const command = ['node', '-e', 'setInterval(() => undefined, 1000)'];
    const image = options.shopperImage;
    const missed: string[] = [];
    let requests = 0;
    try {
      await kubernetes.apply(probes.map(({ namespace }) => toPod({ name: 'probe', namespace, image, command })));
      for (const { namespace } of probes)
        await kubernetes.kubectl(['-n', namespace, 'wait', '--for=condition=Ready', 'pod/probe', '--timeout=50s']);
      // Until the policies of the new pods are in force.
      await sleep(5_000);
      const places = probes.map(({ place, namespace }) => ({ place, namespace, pod: 'probe', container: 'main' }));
      for (const place of ['gateway', 'inventory', 'checkout']) {
        const [pod] = await getPods(kubernetes, options, place);
        if (pod) places.push({ place, namespace: options.namespace, pod: pod.metadata.name, container: 'service' });
      }
      const addresses = await findAddresses(world);
      for (const { place, namespace, pod, container } of places) {
        const targets = [...addresses].filter(([name]) => ports[name].app !== place);
        requests += targets.length;
        const args = ['-n', namespace, 'exec', pod, '-c', container, '--', 'node', '-e', probe];
        const output = await kubernetes.kubectl([...args, ...targets.map(([, address]) => address)]);
        for (const [name, address] of targets) {
          const isOpen = output.split('\n').includes(address);
          const mayBeOpen = allowed[place]?.includes(name) ?? false;
          if (isOpen !== mayBeOpen) missed.push(`${name} is ${isOpen ? 'open to' : 'closed to'} ${place}`);
        }
      }
    } finally {
      for (const { namespace } of probes)
        await kubernetes.kubectl(['-n', namespace, 'delete', 'pod', 'probe', '--ignore-not-found']);
    }
    return { requests, errors: missed.length, seconds: (Date.now() - started) / 1000, missed };
  },
};

async function findAddresses({ kubernetes, options }: World): Promise<Map<Target, string>> {
  const pods = new Map<string, Pod>();
  for (const app of new Set(Object.values(ports).map((target) => target.app))) {
    await until(`${app} has a pod`, async () => {
      const [pod] = await getPods(kubernetes, options, app);
      if (pod) pods.set(app, pod);
      return pod !== undefined;
    });
  }
  const names = Object.keys(ports) as Target[];
  return new Map(names.map((name) => [name, `${pods.get(ports[name].app)?.status.podIP}:${ports[name].port}`]));
}
