import { services } from '../../manifests/objects';
import { awaitReady, getPrimary } from '../store';
import type { Options } from '../options';
import { runPage } from './page';
import { listExpendableNodes, shopWhile, type Story } from './story';

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

/** Back to the release before, under the tables of this one. */
export const rollback = changeRelease('rollback', 'Roll back', ({ tag, rollbackTag = '' }) => [tag, rollbackTag]);

/** From the release before to this one, whose tables exist already. */
export const upgrade = changeRelease('upgrade', 'Upgrade', ({ tag, rollbackTag = '' }) => [rollbackTag, tag]);

function changeRelease(
  name: string,
  section: string,
  getTags: (options: Options) => [from: string, to: string],
): Story {
  const page = 'upgrade-and-roll-back.md';
  return {
    name,
    whySkip: ({ options }) => (options.rollbackTag === undefined ? 'there is no --rollback-tag' : undefined),
    async run(world) {
      const { kubernetes, options } = world;
      const [from, to] = getTags(options);
      // An earlier run may have left other images.
      await runPage(world, page, { section, values: { tag: from } });
      await awaitReady(kubernetes, options);
      return shopWhile(world, noErrors, () => runPage(world, page, { section, values: { tag: to } }));
    },
  };
}
