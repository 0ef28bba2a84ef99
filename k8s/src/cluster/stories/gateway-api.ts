import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates } from '@badger-store/test-kit';
import { parseObjects } from '../../manifests/objects';
import type { Pod } from '../kubernetes';
import { toPod } from '../pods';
import { awaitReady, getPods, ingressNamespace, otherNamespace, secureOrigin } from '../store';
import { takeTour } from './set-up';
import type { Story, World } from './story';

const host = 'localhost';
const perMinute = 60;

/** The tour over TLS, through the HTTPRoute of components/gateway-api. The controller is in the cluster already. */
export const gatewayApi: Story = {
  name: 'gateway-api',
  whySkip: ({ options }) =>
    options.gatewayClass && options.gatewayService ? undefined : 'no --gateway-class and --gateway-service',
  async run(world) {
    const { kubernetes, options } = world;
    const started = Date.now();
    const [controllerNamespace = '', controller = ''] = options.gatewayService?.split('/') ?? [];
    const objects = await readObjects(world);
    const folder = await mkdtemp(join(tmpdir(), 'badger-gateway-'));
    const missed: string[] = [];
    try {
      const caFile = await createCertificate(world, folder);
      await allowNamespace(world, controllerNamespace);
      const settings = [`TRUSTED_PROXIES=1`, `RATE_LIMIT_ADDRESS_PER_MINUTE=${perMinute}`];
      await kubernetes.inStore(['set', 'env', 'deployment/gateway', '-c', 'service', ...settings]);
      await kubernetes.apply(objects);
      await kubernetes.inStore(['wait', '--for=condition=Programmed', 'gateway/store', '--timeout=50s']);
      await awaitReady(kubernetes, options);
      const env = { CURL_CA_BUNDLE: caFile };
      await takeTour(world, { namespace: controllerNamespace, service: controller, port: 443, url: secureOrigin, env });
      missed.push(...(await tryFromPods(world)));
    } finally {
      await kubernetes.inStore(['delete', 'gateway,httproute', '--all']);
      await kubernetes.inStore(['delete', 'secret', 'store-tls', '--ignore-not-found']);
      const settings = ['TRUSTED_PROXIES-', 'RATE_LIMIT_ADDRESS_PER_MINUTE-'];
      await kubernetes.inStore(['set', 'env', 'deployment/gateway', '-c', 'service', ...settings]);
      await allowNamespace(world, ingressNamespace(options));
      await rm(folder, { recursive: true });
      await awaitReady(kubernetes, options);
    }
    return { seconds: (Date.now() - started) / 1000, missed };
  },
};

async function readObjects({ options }: World): Promise<unknown[]> {
  const folder = join(options.project, 'k8s/components/gateway-api');
  const texts = await Promise.all(['gateway.yaml', 'routes.yaml'].map((file) => readFile(join(folder, file), 'utf8')));
  const text = texts
    .join('---\n')
    .replaceAll('gateway-class.example', options.gatewayClass ?? '')
    .replaceAll('store.example', host);
  return parseObjects(folder, text).map((object) => ({
    ...object,
    metadata: { ...object.metadata, namespace: options.namespace },
  }));
}

async function createCertificate({ kubernetes }: World, folder: string): Promise<string> {
  const { caFile, server } = await makeCertificates(folder);
  const files = [`--cert=${server.certFile}`, `--key=${server.keyFile}`];
  await kubernetes.inStore(['create', 'secret', 'tls', 'store-tls', ...files]);
  return caFile;
}

/** The one place that names the namespace of the proxy. */
async function allowNamespace({ kubernetes }: World, name: string): Promise<void> {
  const path = '/spec/ingress/0/from/0/namespaceSelector/matchLabels';
  const patch = [{ op: 'replace', path, value: { 'kubernetes.io/metadata.name': name } }];
  await kubernetes.inStore(['patch', 'networkpolicy', 'gateway', '--type=json', '-p', JSON.stringify(patch)]);
}

/** Prints the number of responses with each status: to COUNT requests from one connection, each of which forges the address FORGED, or one of its own. */
const customer = `
const https = require('node:https');
const [address, count, forged] = process.argv.slice(1);
const agent = new https.Agent({ keepAlive: true, maxSockets: 4, rejectUnauthorized: false });
const statuses = {};
const send = (index) => new Promise((resolve) => {
  const headers = { host: '${host}', 'x-forwarded-for': forged ?? '198.51.100.' + (index % 250) };
  const request = https.get({ host: address, servername: '${host}', path: '/inventory/items', headers, agent, timeout: 10000 }, (response) => {
    statuses[response.statusCode] = (statuses[response.statusCode] ?? 0) + 1;
    response.resume().on('end', resolve);
  });
  request.on('timeout', () => request.destroy()).on('error', (error) => {
    statuses[error.code] = (statuses[error.code] ?? 0) + 1;
    resolve();
  });
});
(async () => {
  for (let index = 0; index < count; index++) await send(index);
  console.log(JSON.stringify(statuses));
  agent.destroy();
})();`;

/** Prints whether a connection to HOST opens at PORT. */
const connect = `
const [host, port] = process.argv.slice(1);
const socket = require('node:net').connect({ host, port, timeout: 3000 }, () => { console.log('open'); process.exit(); });
for (const event of ['timeout', 'error']) socket.on(event, () => { console.log('closed'); process.exit(); });`;

/** The gateway limits the address of the connection, not the one that a request forges, and is reached through the controller only. */
async function tryFromPods({ kubernetes, options }: World): Promise<string[]> {
  const namespace = otherNamespace(options);
  const [serviceNamespace = '', service = ''] = options.gatewayService?.split('/') ?? [];
  const address = await kubernetes.kubectl([
    ...['-n', serviceNamespace, 'get', 'service', service, '-o', 'jsonpath={.spec.clusterIP}'],
  ]);
  const names = ['one', 'two'];
  const command = ['node', '-e', 'setInterval(() => undefined, 1000)'];
  const run = async (pod: string, program: string, ...args: string[]) =>
    (await kubernetes.kubectl(['-n', namespace, 'exec', pod, '--', 'node', '-e', program, ...args])).trim();
  try {
    await kubernetes.apply(names.map((name) => toPod({ name, namespace, image: options.shopperImage, command })));
    const ready = ['wait', '--for=condition=Ready', 'pod', ...names, '--timeout=50s'];
    await kubernetes.kubectl(['-n', namespace, ...ready]);
    const [first] = (await kubernetes.list<Pod>('pods', namespace)).filter(({ metadata }) => metadata.name === 'one');
    const [gateway] = await getPods(kubernetes, options, 'gateway');
    const gatewayAddress = gateway?.status.podIP ?? '';

    const forging = await run('one', customer, address, String(8 * perMinute));
    const other = await run('two', customer, address, '10', first?.status.podIP ?? '');
    const direct = await run('one', connect, gatewayAddress, '3000');
    return [
      ...(/"429"/.test(forging) ? [] : [`a forged address avoids the limit: ${forging}`]),
      ...(other === '{"200":10}' ? [] : [`a forged address uses the limit of another: ${other}`]),
      ...(direct === 'closed' ? [] : [`the gateway is ${direct} to a pod elsewhere`]),
    ];
  } finally {
    await kubernetes.kubectl(['-n', namespace, 'delete', 'pod', ...names, '--ignore-not-found']);
  }
}
