import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Options } from '../options';
import { runProgram } from '../run-program';
import { awaitReady, createStore, deleteStore, fillStock, origin } from '../store';
import type { Story, World } from './story';

/** An operator starts its instances of PostgreSQL one after the other. */
const readyTargetSeconds = ({ cloudNativePg }: Options) => (cloudNativePg === undefined ? 30 : 180);
/** From an empty namespace with Secrets. */
export const apply: Story = {
  name: 'apply',
  async run({ kubernetes, options }) {
    await deleteStore(kubernetes, options);
    const started = await createStore(kubernetes, options);
    await awaitReady(kubernetes, options, 'ready');
    const seconds = (Date.now() - started) / 1000;
    await fillStock(kubernetes);
    await awaitReady(kubernetes, options);
    const target = readyTargetSeconds(options);
    const missed = seconds > target ? [`${seconds.toFixed(0)} s instead of ${target} s`] : [];
    return { seconds, missed };
  },
};

/** The README's first steps, through a forwarded port. */
export const tour: Story = {
  name: 'tour',
  async run(world) {
    const started = Date.now();
    await takeTour(world, { namespace: world.options.namespace, service: 'gateway', port: 80, url: origin });
    return { seconds: (Date.now() - started) / 1000, missed: [] };
  },
};

export interface TourOptions {
  /** Of the Service. */
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
  /** With the port of this machine that is forwarded to the Service. */
  readonly url: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Rejects if a response is not as the README says. */
export async function takeTour(
  { kubernetes, options }: World,
  { namespace, service, port, url, env }: TourOptions,
): Promise<void> {
  const [program = '', ...args] = kubernetes.command;
  const forward = ['-n', namespace, 'port-forward', `service/${service}`, `${new URL(url).port}:${port}`];
  const forwarding = spawn(program, [...args, ...forward], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    for await (const line of createInterface({ input: forwarding.stdout })) if (line.startsWith('Forwarding')) break;
    const prefix = options.forwardWith?.split(' ') ?? [];
    const [first = '', ...rest] = [...prefix, 'sh', join(options.project, 'tools/tour.sh'), url];
    await runProgram(first, rest, { timeoutMs: 120_000, env });
  } finally {
    forwarding.kill();
  }
}
