import { createLogger, loadConfig, startService } from '@badger-store/service-kit';
import { composeCheckout } from '../../compose';
import { configSchema } from '../../config';
import type { Step } from '../../domain/ports';

export type Edge = 'before' | 'after';
export interface Stop {
  readonly step: Step;
  readonly edge: Edge;
}
/** With `once` a single checkout waits at each stop, and the next ones pass. */
export interface Stops {
  readonly stops: readonly Stop[];
  readonly once: boolean;
}
export type ToWorker = Stops | { readonly proceed: true };
export type FromWorker = { readonly port: number } | { readonly reached: Stop };

/** The service as it is, with its settings from the environment; its checkouts wait at the steps that the parent process names. */
let stops: Stop[] = [];
let once = false;
let proceed: () => void = () => undefined;
let gate: Promise<void> | undefined;

process.on('message', (message: ToWorker) => {
  if ('stops' in message) {
    stops = [...message.stops];
    once = message.once;
    gate = new Promise((resolve) => (proceed = resolve));
  } else {
    stops = [];
    proceed();
  }
});
// The parent has ended.
process.on('disconnect', () => process.exit(1));

const tell = (message: FromWorker) => process.send?.(message);
const waitAt = async (step: Step, edge: Edge) => {
  const reached = stops.find((stop) => stop.step === step && stop.edge === edge);
  if (!reached) return;
  if (once) stops = stops.filter((stop) => stop !== reached);
  tell({ reached });
  await gate;
};

const config = loadConfig(configSchema, process.env);
const log = createLogger('checkout', config.LOG_LEVEL);
void startService(
  composeCheckout(config, log, async (step, work) => {
    await waitAt(step, 'before');
    const result = await work();
    await waitAt(step, 'after');
    return result;
  }),
).then(({ port }) => tell({ port }));
