import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until, type Kubernetes } from './kubernetes';
import type { Options } from './options';
import { toPod } from './pods';
import { parseOutput, type Observation } from './report';
import { ingressNamespace } from './store';

const name = 'shopper';
/** Beside this program; tools/test-cluster.mjs builds both. */
const bundle = join(__dirname, 'shopper.js');
const purchasesBeforeStart = 3;
/** The shopper waits for open checkouts before it ends. */
const endMs = 240_000;

export interface Shopping {
  /** The time on the clock of the shopper's node. */
  now(): number;
  /** Number of successful checkouts up to now. */
  countPurchases(): Promise<number>;
  /** Ends the shopper, and reads what it saw. */
  end(): Promise<Observation>;
}

/** Starts a shopper where an ingress controller would be, and waits until customers pay. */
export async function startShopping(
  kubernetes: Kubernetes,
  options: Options,
  { base, node }: { readonly base: string; readonly node: string },
): Promise<Shopping> {
  const namespace = ingressNamespace(options);
  const kubectl = (args: string[], timeoutMs?: number) => kubernetes.kubectl(['-n', namespace, ...args], { timeoutMs });
  const remove = () => kubectl(['delete', 'pod', name, '--ignore-not-found', '--wait=true', '--timeout=50s']);
  const read = async () => parseOutput(await kubectl(['logs', name, '--tail=-1']));
  const readPhase = () => kubectl(['get', 'pod', name, '-o', 'jsonpath={.status.phase}']);
  const isEnded = async () => ['Succeeded', 'Failed'].includes(await readPhase());
  const countPurchases = async () =>
    (await read()).calls.filter(([, kind, , , , failed]) => kind === 'checkout' && failed === 0).length;

  await remove();
  const code = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace },
    data: { 'shopper.js': await readFile(bundle, 'utf8') },
  };
  const env = { BASE: base, RATE: String(options.rate) };
  const image = options.shopperImage;
  await kubernetes.apply([
    code,
    toPod({ name, namespace, image, node, env, configMap: name, command: ['node', '/code/shopper.js'] }),
  ]);
  await until(
    'customers pay',
    async () => (await countPurchases()) >= purchasesBeforeStart || (await isEnded()),
    120_000,
  );
  if (await isEnded()) throw new Error(`The shopper ended early: ${await kubectl(['logs', name, '--tail=20'])}`);
  const offset = await measureClockOffset(kubectl);

  return {
    now: () => Date.now() + offset,
    countPurchases,
    async end() {
      await kubectl(['exec', name, '--', 'node', '-e', 'process.kill(1, "SIGTERM")']);
      await until('the shopper ends', isEnded, endMs);
      const { calls, violations, started, done } = await read();
      await remove();
      if (started === undefined) throw new Error('The log of the shopper was rotated. Run with a lower --rate.');
      if (!done) throw new Error('The shopper ended early.');
      return { calls, violations };
    },
  };
}

/** How far the clock of the shopper is ahead; 0 if the difference is less than the duration of the measurement. */
async function measureClockOffset(kubectl: (args: string[]) => Promise<string>): Promise<number> {
  const before = Date.now();
  const there = Number(await kubectl(['exec', name, '--', 'node', '-p', 'Date.now()']));
  const after = Date.now();
  return there >= before && there <= after ? 0 : there - (before + after) / 2;
}
