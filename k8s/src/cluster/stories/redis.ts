import { getPods, getPrimary } from '../store';
import { pause, shopWhile, signalPods, type Story, type World } from './story';

const pauseMs = 8_000;
const fullMs = 15_000;
const twoDeletedTargetMs = 6_000;

export const needsSignal: NonNullable<Story['whySkip']> = ({ options }) =>
  options.signal === undefined ? 'there is no --signal' : undefined;

export const primaryKilled: Story = {
  name: 'primary-killed',
  whySkip: needsSignal,
  run: (world) => shopWhile(world, {}, async () => signalPods(world, [await readPrimary(world)], ['redis'], 'KILL')),
};

export const primaryPaused: Story = {
  name: 'primary-paused',
  whySkip: needsSignal,
  run: (world) =>
    shopWhile(world, {}, async () => {
      const pods = [await readPrimary(world)];
      await signalPods(world, pods, ['redis'], 'STOP');
      try {
        await pause(world, pauseMs);
      } finally {
        await signalPods(world, pods, ['redis'], 'CONT');
      }
    }),
};

/** Every server and every sentinel at once. */
export const redisKilled: Story = {
  name: 'redis-killed',
  whySkip: needsSignal,
  run: (world) =>
    shopWhile(world, {}, async () =>
      signalPods(world, await getPods(world.kubernetes, world.options, 'redis'), ['redis', 'sentinel'], 'KILL'),
    ),
};

/** The primary's pod and another one, without time to hand over. */
export const twoDeleted: Story = {
  name: 'two-deleted',
  run: (world) =>
    shopWhile(world, { outageMs: twoDeletedTargetMs }, async () => {
      const { kubernetes, options } = world;
      const primary = (await readPrimary(world)).metadata.name;
      const others = (await getPods(kubernetes, options, 'redis')).map(({ metadata }) => metadata.name);
      const other = others.find((name) => name !== primary) ?? primary;
      await kubernetes.inStore(['delete', 'pod', primary, other, '--force', '--grace-period=0', '--wait=false']);
    }),
};

/** The volume of the primary has no space left for a while. */
export const volumeFull: Story = {
  name: 'volume-full',
  async whySkip(world) {
    const { metadata } = await readPrimary(world);
    const [size = 0, requested = 0] = await readVolumeKiB(world, metadata.name);
    // A directory of the node's disk has the size of that disk, and other programs need it.
    return size > requested * 1.5 ? 'the volume of Redis has no size of its own' : undefined;
  },
  async run(world) {
    return shopWhile(world, {}, async () => {
      const { metadata } = await readPrimary(world);
      const run = (script: string) =>
        world.kubernetes.inStore(['exec', metadata.name, '-c', 'redis', '--', 'sh', '-c', script], {
          timeoutMs: 300_000,
        });
      try {
        await run('dd if=/dev/zero of=/data/filler bs=64k 2>/dev/null || true');
        await pause(world, fullMs);
      } finally {
        await run('rm -f /data/filler');
      }
    });
  },
};

async function readVolumeKiB({ kubernetes }: World, pod: string): Promise<number[]> {
  const size = await kubernetes.inStore(['exec', pod, '-c', 'redis', '--', 'df', '-Pk', '/data']);
  const claim = await kubernetes.inStore([
    'get',
    'pvc',
    `data-${pod}`,
    '-o',
    'jsonpath={.spec.resources.requests.storage}',
  ]);
  const gibibytes = Number(/^(\d+)Gi$/.exec(claim)?.[1] ?? 0);
  return [Number(size.trim().split('\n').at(-1)?.split(/\s+/)[1]), gibibytes * 1024 ** 2];
}

const readPrimary = ({ kubernetes, options }: World) => getPrimary(kubernetes, options);
