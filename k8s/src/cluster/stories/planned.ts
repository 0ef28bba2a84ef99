import { services } from '../../manifests/objects';
import { awaitReady, getPrimary } from '../store';
import { listExpendableNodes, shopWhile, type Story, type World } from './story';

const noErrors = { noErrors: true };

/** A rolling restart of all services. */
export const restart: Story = {
  name: 'restart',
  run: (world) =>
    shopWhile(world, noErrors, async () => {
      await world.kubernetes.inStore(['rollout', 'restart', 'deployment', ...services]);
      await awaitReady(world.kubernetes, world.options);
    }),
};

/** A node is drained, of the Redis primary if possible, and joins again. */
export const drain: Story = {
  name: 'drain',
  whySkip: async (world) => ((await listExpendableNodes(world)).length > 0 ? undefined : 'there is no node to drain'),
  async run(world) {
    const { kubernetes, options } = world;
    const nodes = await listExpendableNodes(world);
    const primaryNode = (await getPrimary(kubernetes, options)).spec.nodeName;
    const node = nodes.find((name) => name === primaryNode) ?? nodes[0] ?? '';
    return shopWhile(world, noErrors, async () => {
      try {
        const args = ['--ignore-daemonsets', '--delete-emptydir-data', '--force', '--timeout=240s'];
        await kubernetes.kubectl(['drain', node, ...args], { timeoutMs: 250_000 });
        for (const service of services)
          await kubernetes.inStore(['rollout', 'status', `deployment/${service}`, '--timeout=110s'], {
            timeoutMs: 120_000,
          });
      } finally {
        await kubernetes.kubectl(['uncordon', node]);
      }
    });
  },
};

/** A rolling restart of Redis, the primary included. */
export const handover: Story = {
  name: 'handover',
  run: (world) =>
    shopWhile(world, noErrors, async () => {
      await world.kubernetes.inStore(['rollout', 'restart', 'statefulset', 'redis']);
      await awaitReady(world.kubernetes, world.options);
    }),
};

/** The services go back to the images of the release before, under the tables of this one. */
export const rollback: Story = {
  name: 'rollback',
  whySkip: ({ options }) => (options.rollbackTag === undefined ? 'there is no --rollback-tag' : undefined),
  async run(world) {
    const { options } = world;
    // An earlier run may have left other images.
    await setImages(world, options.tag);
    await awaitReady(world.kubernetes, options);
    return shopWhile(world, noErrors, async () => {
      try {
        await setImages(world, options.rollbackTag ?? '');
        await awaitReady(world.kubernetes, options);
      } finally {
        await setImages(world, options.tag);
      }
    });
  },
};

async function setImages({ kubernetes }: World, tag: string): Promise<void> {
  for (const service of services)
    await kubernetes.inStore(['set', 'image', `deployment/${service}`, `*=badger-store/${service}:${tag}`]);
}
