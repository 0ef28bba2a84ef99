import { createLogger, loadConfig, startService } from '@badger-store/service-kit';
import { composeCheckout } from '../../compose';
import { configSchema } from '../../config';
import type { Step } from '../../domain/ports';

export type Edge = 'before' | 'after';
export interface Stop {
  readonly step: Step;
  readonly edge: Edge;
}
export type ToWorker = { readonly stopAt: Stop } | { readonly proceed: true };
export type FromWorker = { readonly port: number } | { readonly reached: Stop };

/** The service as it is, with its settings from the environment; its checkouts wait at the step that the parent process names. */
let stopAt: Stop | undefined;
let proceed: () => void = () => undefined;
let gate: Promise<void> | undefined;

process.on('message', (message: ToWorker) => {
  if ('stopAt' in message) {
    stopAt = message.stopAt;
    gate = new Promise((resolve) => (proceed = resolve));
  } else {
    stopAt = undefined;
    proceed();
  }
});
// The parent has ended.
process.on('disconnect', () => process.exit(1));

const tell = (message: FromWorker) => process.send?.(message);
const waitAt = async (step: Step, edge: Edge) => {
  if (stopAt?.step !== step || stopAt.edge !== edge) return;
  tell({ reached: stopAt });
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
