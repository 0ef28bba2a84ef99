import { getPods } from '../store';
import { needsSignal } from './redis';
import { pause, shopWhile, signalPods, type Story } from './story';

const silentMs = 25_000;

export const postgresRestarted: Story = {
  name: 'postgres-restarted',
  run: (world) =>
    shopWhile(world, {}, async () => {
      await world.kubernetes.inStore(['delete', 'pod', 'postgres-0'], { timeoutMs: 120_000 });
    }),
};

/** PostgreSQL keeps its connections, and replies to nothing. */
export const postgresSilent: Story = {
  name: 'postgres-silent',
  whySkip: needsSignal,
  run: (world) =>
    shopWhile(world, {}, async () => {
      const pods = await getPods(world.kubernetes, world.options, 'postgres');
      await signalPods(world, pods, ['postgres'], 'STOP');
      try {
        await pause(world, silentMs);
      } finally {
        await signalPods(world, pods, ['postgres'], 'CONT');
      }
    }),
};
