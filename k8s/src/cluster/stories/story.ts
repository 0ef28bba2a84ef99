import { setTimeout as sleep } from 'node:timers/promises';
import { until, type Kubernetes, type Pod } from '../kubernetes';
import type { Options } from '../options';
import { countErrors, findLongestOutage, type Observation, type Result } from '../report';
import { runCommandLine } from '../run-program';
import { startShopping, type Shopping } from '../shopping';
import { getPostgres } from '../postgres';
import { awaitReady, getPods, getPrimary } from '../store';

export interface World {
  readonly kubernetes: Kubernetes;
  readonly options: Options;
  /** Aborted when the user interrupts the run. */
  readonly interrupted: AbortSignal;
}

export interface Story {
  readonly name: string;
  /** Why the story cannot run on this cluster with these options. */
  whySkip?(world: World): Promise<string | undefined> | string | undefined;
  run(world: World): Promise<Omit<Result, 'story'>>;
}

export interface Targets {
  readonly noErrors?: boolean;
  /** No request fails that started this long after the fault. */
  readonly noErrorsAfterMs?: number;
  readonly outageMs?: number;
}

const purchasesAfter = 5;

/** Customers shop while something happens, until all pods are ready again and customers pay again. */
export async function shopWhile(
  world: World,
  targets: Targets,
  happens: (shopping: Shopping) => Promise<void>,
  base?: string,
): Promise<Omit<Result, 'story'>> {
  const { kubernetes, options } = world;
  const { node, address } = await findEntrance(world);
  const shopping = await startShopping(kubernetes, options, { base: base ?? `http://${address}`, node });
  const since = shopping.now();
  try {
    await happens(shopping);
  } catch (error) {
    await shopping.end();
    throw error;
  }
  await awaitReady(kubernetes, options);
  const purchases = await shopping.countPurchases();
  await until('customers pay again', async () => (await shopping.countPurchases()) >= purchases + purchasesAfter);
  const seconds = (shopping.now() - since) / 1000;
  return toResult(await shopping.end(), targets, since, seconds);
}

function toResult(observation: Observation, targets: Targets, since: number, seconds: number): Omit<Result, 'story'> {
  const { calls, violations } = observation;
  const failed = calls.filter((call) => call[5] === 1);
  const outage = findLongestOutage(calls);
  const missed: string[] = [];
  if (violations.length > 0) missed.push(`${violations.length} violations`);
  if (targets.noErrors && failed.length > 0) missed.push(`${failed.length} errors instead of 0`);
  const { noErrorsAfterMs: after, outageMs } = targets;
  const late = after === undefined ? [] : failed.filter(([at]) => at > since + after);
  if (late.length > 0) missed.push(`${late.length} errors after ${(after ?? 0) / 1000} s`);
  if (outageMs !== undefined && outage && outage.ms > outageMs)
    missed.push(`an outage of ${(outage.ms / 1000).toFixed(1)} s instead of ${outageMs / 1000} s`);
  return {
    requests: calls.length,
    errors: failed.length,
    errorKinds: countErrors(calls),
    outage,
    violations,
    seconds,
    missed,
  };
}

/** The commands of these pages are for the PostgreSQL of `local`. */
export const needsOwnPostgres = ({ options }: World) =>
  options.cloudNativePg === undefined ? undefined : 'it is for the PostgreSQL of local';

/** Customers are on the node of PostgreSQL, so that the other nodes can be lost. An address works without DNS too. */
async function findEntrance({ kubernetes }: World): Promise<{ node: string; address: string }> {
  const postgres = await getPostgres(kubernetes);
  const address = await kubernetes.inStore(['get', 'service', 'gateway', '-o', 'jsonpath={.spec.clusterIP}']);
  return { node: postgres.spec.nodeName, address };
}

/** Sends a signal to a container of each pod with the command of --signal. */
export async function signalPods(
  world: World,
  pods: readonly Pod[],
  containers: readonly string[],
  signal: string,
): Promise<void> {
  const command = world.options.signal ?? '';
  await Promise.all(
    pods.flatMap(({ spec, status }) =>
      (status.containerStatuses ?? [])
        .filter(({ name }) => containers.includes(name))
        .map(({ containerID }) =>
          runCommandLine(command, { node: spec.nodeName, container: containerID.replace(/^.*:\/\//, ''), signal }),
        ),
    ),
  );
}

/** Restarts the primary's pod until the primary is on a suitable node. */
export async function movePrimary(world: World, isSuitable: (node: string) => boolean): Promise<void> {
  const { kubernetes, options } = world;
  for (let attempts = 0; attempts < 8; attempts++) {
    const primary = await getPrimary(kubernetes, options);
    if (isSuitable(primary.spec.nodeName)) return;
    await kubernetes.inStore(['delete', 'pod', primary.metadata.name], { timeoutMs: 120_000 });
    await awaitReady(kubernetes, options);
  }
  throw new Error('The primary did not move to a suitable node.');
}

interface NodeObject {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly unschedulable?: boolean };
  readonly status: { readonly addresses: readonly { readonly type: string; readonly address: string }[] };
}

/** Nodes that may be lost: they run neither the API server nor PostgreSQL, of which there is one. */
export async function listExpendableNodes({ kubernetes, options }: World): Promise<string[]> {
  const nodes = await kubernetes.list<NodeObject>('nodes', 'default');
  const slices = await kubernetes.list<{ endpoints: { addresses: string[] }[] }>(
    'endpointslices',
    'default',
    'kubernetes.io/service-name=kubernetes',
  );
  const servers = slices.flatMap(({ endpoints }) => endpoints.flatMap(({ addresses }) => addresses));
  const used = new Set((await getPods(kubernetes, options, 'postgres')).map(({ spec }) => spec.nodeName));
  const redis = new Set((await getPods(kubernetes, options, 'redis')).map(({ spec }) => spec.nodeName));
  return nodes
    .filter(({ status }) => !status.addresses.some(({ address }) => servers.includes(address)))
    .map(({ metadata }) => metadata.name)
    .filter((name) => !used.has(name) && redis.has(name));
}

export const pause = ({ interrupted }: World, ms: number) => sleep(ms, undefined, { signal: interrupted });
