import { join } from 'node:path';
import { parseArgs } from 'node:util';

export interface Options {
  readonly context: string;
  /** The program, if it is not the one that the tests of k8s use. */
  readonly kubectl: string | undefined;
  readonly namespace: string;
  /** The checkout whose manifests and secrets are used. */
  readonly project: string;
  readonly tag: string;
  readonly shopperImage: string;
  /** Requests a second. */
  readonly rate: number;
  /** All stories if undefined. */
  readonly only: readonly string[] | undefined;
  readonly keep: boolean;
  readonly table: string | undefined;
  readonly forwardWith: string | undefined;
  readonly signal: string | undefined;
  readonly cutNode: string | undefined;
  readonly joinNode: string | undefined;
  readonly stopApi: string | undefined;
  readonly startApi: string | undefined;
  readonly breakDns: boolean;
  readonly rollbackTag: string | undefined;
  /** The image of PostgreSQL. */
  readonly cloudNativePg: string | undefined;
  readonly gatewayClass: string | undefined;
  /** NAMESPACE/NAME of the Service of the controller. */
  readonly gatewayService: string | undefined;
}

export const usage = `usage: npm run test:cluster -- --context NAME [options]
  --context NAME       the kubectl context of a cluster for tests; the stories drain nodes and end pods
  --only STORY,…       these stories; apply always runs if the namespace does not exist
  --keep               leave the namespace; a later run uses it
  --table FILE         write the table of results to a file too
  --tag TAG            of the images badger-store/SERVICE (local)
  --rollback-tag TAG   images of the release before, for the story rollback
  --cloudnative-pg IMG three instances of PostgreSQL by the operator, which is in the cluster already
  --gateway-class NAME, --gateway-service NAMESPACE/NAME
                       a controller of the Gateway API and its Service, for the story gateway-api
  --kubectl PATH       a kubectl that reaches the cluster
  --namespace NAME     badger-store-test; also its -ingress and -other
  --project FOLDER     take the manifests from another checkout
  --shopper-image IMG  an image with node (that of the gateway)
  --rate N             requests of customers a second (40)
Commands, with {node}, {container} (its id) and {signal} replaced; a story without its command is skipped:
  --signal CMD         send a signal to every process of a container: primary-killed, primary-paused, redis-killed, postgres-killed, postgres-silent
  --cut-node CMD, --join-node CMD
                       cut a node off the network, and undo it: node-cut, primary-node-cut
  --stop-api CMD, --start-api CMD
                       stop the API server, and start it again: api-down
  --forward-with CMD   put before a program that uses a forwarded port: tour
  --break-dns          allow to stop the cluster's DNS servers: dns-down, dns-down-failover`;

const root = join(__dirname, '../../..');

/** Throws an error whose message says what is wrong, followed by the usage. */
export function parseOptions(args: readonly string[], storyNames: readonly string[]): Options {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      context: text,
      kubectl: text,
      namespace: { ...text, default: 'badger-store-test' },
      project: { ...text, default: root },
      tag: { ...text, default: 'local' },
      'shopper-image': text,
      rate: { ...text, default: '40' },
      only: text,
      keep: flag,
      table: text,
      'forward-with': text,
      signal: text,
      'cut-node': text,
      'join-node': text,
      'stop-api': text,
      'start-api': text,
      'break-dns': flag,
      'rollback-tag': text,
      'cloudnative-pg': text,
      'gateway-class': text,
      'gateway-service': text,
    },
  });
  if (!values.context) throw new Error('--context is missing. Name the context of a cluster for tests.');
  if (!values['cut-node'] !== !values['join-node']) throw new Error('--cut-node and --join-node need each other.');
  if (!values['stop-api'] !== !values['start-api']) throw new Error('--stop-api and --start-api need each other.');
  const rate = Number(values.rate);
  if (!Number.isInteger(rate) || rate < 1) throw new Error('--rate is a number of 1 or more.');
  const only = values.only?.split(',');
  const unknown = only?.find((name) => !storyNames.includes(name));
  if (unknown !== undefined) throw new Error(`There is no story ${unknown}. Stories: ${storyNames.join(', ')}.`);
  return {
    context: values.context,
    kubectl: values.kubectl,
    namespace: values.namespace,
    project: values.project,
    tag: values.tag,
    shopperImage: values['shopper-image'] ?? `badger-store/gateway:${values.tag}`,
    rate,
    only,
    keep: values.keep,
    table: values.table,
    forwardWith: values['forward-with'],
    signal: values.signal,
    cutNode: values['cut-node'],
    joinNode: values['join-node'],
    stopApi: values['stop-api'],
    startApi: values['start-api'],
    breakDns: values['break-dns'],
    rollbackTag: values['rollback-tag'],
    cloudNativePg: values['cloudnative-pg'],
    gatewayClass: values['gateway-class'],
    gatewayService: values['gateway-service'],
  };
}
