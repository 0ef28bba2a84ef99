import { getPostgres } from '../postgres';
import { needsSignal } from './redis';
import { pause, shopWhile, signalPods, type Story } from './story';

const silentMs = 25_000;

export const postgresRestarted: Story = {
  name: 'postgres-restarted',
  run: (world) =>
    shopWhile(world, {}, async () => {
      const { metadata } = await getPostgres(world.kubernetes);
      await world.kubernetes.inStore(['delete', 'pod', metadata.name], { timeoutMs: 120_000 });
    }),
};

export const postgresKilled: Story = {
  name: 'postgres-killed',
  whySkip: needsSignal,
  run: (world) =>
    shopWhile(world, {}, async () => {
      await signalPods(world, [await getPostgres(world.kubernetes)], ['postgres'], 'KILL');
    }),
};

/** PostgreSQL keeps its connections, and replies to nothing. */
export const postgresSilent: Story = {
  name: 'postgres-silent',
  whySkip: needsSignal,
  run: (world) =>
    shopWhile(world, {}, async () => {
      const pods = [await getPostgres(world.kubernetes)];
      await signalPods(world, pods, ['postgres'], 'STOP');
      try {
        await pause(world, silentMs);
      } finally {
        await signalPods(world, pods, ['postgres'], 'CONT');
      }
    }),
};
