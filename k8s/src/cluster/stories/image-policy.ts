import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseObjects } from '../../manifests/objects';
import { until } from '../kubernetes';
import { toPod } from '../pods';
import { otherNamespace } from '../store';
import type { Story, World } from './story';

const label = 'app.kubernetes.io/part-of';
/** As in components/image-policy. */
const policyName = 'badger-store-images';
const registry = 'registry.example/badger-store';
const digest = `@sha256:${'0123456789abcdef'.repeat(4)}`;
const pinned = `${registry}/gateway${digest}`;

/** The API server decides on pods of another namespace, none of which is created. */
const cases: readonly { readonly what: string; readonly images: Images; readonly isAdmitted: boolean }[] = [
  { what: 'images by digest', images: { container: pinned, init: `${registry}/redis${digest}` }, isAdmitted: true },
  { what: 'a container by tag', images: { container: `${registry}/gateway:v1.0.0` }, isAdmitted: false },
  { what: 'an init container by tag', images: { container: pinned, init: `${registry}/redis:8` }, isAdmitted: false },
  { what: 'another registry', images: { container: `docker.io/library/redis${digest}` }, isAdmitted: false },
  { what: 'a registry of a longer name', images: { container: `${registry}-2/gateway${digest}` }, isAdmitted: false },
];

interface Images {
  readonly container: string;
  readonly init?: string;
}

/** What components/image-policy admits, tried with --dry-run=server. */
export const imagePolicy: Story = {
  name: 'image-policy',
  async run(world) {
    const { kubernetes, options } = world;
    const namespace = otherNamespace(options);
    const name = `${namespace}-images`;
    const started = Date.now();
    const missed: string[] = [];
    const judge = async (what: string, isAdmitted: boolean, attempt: () => Promise<boolean>) => {
      if ((await attempt()) !== isAdmitted) missed.push(`${what} is ${isAdmitted ? 'refused' : 'admitted'}`);
    };
    try {
      // Exists before the policy, so that an ephemeral container can be added to it.
      await kubernetes.apply([
        toPod({
          name: 'probe',
          namespace,
          image: options.shopperImage,
          command: ['node', '-e', 'setInterval(() => 0, 1e3)'],
        }),
      ]);
      await kubernetes.apply(await readPolicy(world, name));
      await kubernetes.kubectl(['label', '--overwrite', 'namespace', namespace, `${label}=badger-store`]);
      const create = (images: Images) => () => isPodAdmitted(world, images);
      await until('the policy is in force', async () => !(await create({ container: 'redis:8' })()), 60_000);
      for (const { what, images, isAdmitted } of cases) await judge(what, isAdmitted, create(images));
      for (const image of [pinned, 'busybox:1'])
        await judge(`the ephemeral container ${image}`, image === pinned, () => isDebuggerAdmitted(world, image));
    } finally {
      const kinds = 'validatingadmissionpolicy,validatingadmissionpolicybinding';
      await kubernetes.kubectl(['delete', kinds, name, '--ignore-not-found']);
      await kubernetes.kubectl(['label', 'namespace', namespace, `${label}-`]);
      await kubernetes.kubectl(['-n', namespace, 'delete', 'pod', 'probe', '--ignore-not-found']);
    }
    return { requests: cases.length + 2, errors: missed.length, seconds: (Date.now() - started) / 1000, missed };
  },
};

/** Under a name of its own, because a policy belongs to no namespace. */
async function readPolicy({ options }: World, name: string): Promise<unknown[]> {
  const folder = join(options.project, 'k8s/components/image-policy');
  const texts = await Promise.all(
    ['parameter.yaml', 'policy.yaml'].map((file) => readFile(join(folder, file), 'utf8')),
  );
  const objects = parseObjects(folder, texts.join('---\n').replaceAll(policyName, name));
  return objects.map((object) =>
    object.kind === 'ConfigMap'
      ? { ...object, metadata: { ...object.metadata, namespace: otherNamespace(options) } }
      : object,
  );
}

async function isPodAdmitted({ kubernetes, options }: World, images: Images): Promise<boolean> {
  const pod = toPod({ name: 'other', namespace: otherNamespace(options), image: images.container, command: ['true'] });
  const { spec } = pod as { spec: { containers: [object]; initContainers?: object[] } };
  if (images.init !== undefined) spec.initContainers = [{ ...spec.containers[0], name: 'init', image: images.init }];
  return isAdmitted(() =>
    kubernetes.kubectl(['create', '--dry-run=server', '-f', '-'], { input: JSON.stringify(pod) }),
  );
}

async function isDebuggerAdmitted({ kubernetes, options }: World, image: string): Promise<boolean> {
  const namespace = otherNamespace(options);
  const pod = JSON.parse(await kubernetes.kubectl(['-n', namespace, 'get', 'pod', 'probe', '-o', 'json'])) as {
    spec: { containers: { securityContext: object }[]; ephemeralContainers?: object[] };
  };
  const securityContext = pod.spec.containers[0]?.securityContext;
  pod.spec.ephemeralContainers = [{ name: 'debugger', image, securityContext }];
  const path = `/api/v1/namespaces/${namespace}/pods/probe/ephemeralcontainers?dryRun=All`;
  return isAdmitted(() => kubernetes.kubectl(['replace', '--raw', path, '-f', '-'], { input: JSON.stringify(pod) }));
}

async function isAdmitted(attempt: () => Promise<unknown>): Promise<boolean> {
  try {
    await attempt();
    return true;
  } catch (error) {
    if ((error as Error).message.includes('ValidatingAdmissionPolicy')) return false;
    throw error;
  }
}
