import { rmSync } from 'node:fs';
import { loadConfig } from '@badger-store/service-kit';
import { findKubectl, kustomize } from './manifests/kubectl';
import {
  getContainers,
  getSecrets,
  named,
  ofKind,
  parseObjects,
  selects,
  services,
  getWorkloads,
  type KubernetesObject,
  type Labels,
  type LabelSelector,
  type Service,
} from './manifests/objects';
import { schemaErrors } from './manifests/schema';
import { documentedSecrets } from './manifests/secrets';
import { getEnvironment, loadSchema } from './manifests/service-settings';
import { everyVariant, overlays, type Variant } from './manifests/variants';
import { copyProduction, values } from './overlays/testing/copy-overlay';

let variants: Variant[];
beforeAll(async () => {
  variants = await everyVariant();
}, 300_000);

/** What is wrong, of all variants, each once; with the first variant in which it is. */
function wrongs(
  look: (objects: readonly KubernetesObject[], variant: Variant) => readonly (string | false | undefined)[],
): string[] {
  const found = new Map<string, string>();
  for (const variant of variants) {
    for (const wrong of look(variant.objects, variant)) {
      if (wrong && !found.has(wrong)) found.set(wrong, `${wrong} (${variant.name})`);
    }
  }
  return [...found.values()];
}

const containers = (objects: readonly KubernetesObject[]) =>
  getWorkloads(objects).flatMap((workload) =>
    getContainers(workload).map((container) => ({ workload, container, where: `${workload.name}/${container.name}` })),
  );

describe('every overlay and every mix of components', () => {
  it('is made of objects that Kubernetes knows, down to every field', () => {
    expect(variants.length).toBeGreaterThan(overlays.length);
    expect(wrongs((objects) => objects.flatMap(schemaErrors))).toEqual([]);
  });

  it('has each object once', () => {
    const twice = wrongs((objects) => {
      const names = objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
      return names.filter((name, index) => names.indexOf(name) !== index);
    });
    expect(twice).toEqual([]);
  });

  it('holds no Secret, and nothing that looks like the value of one', () => {
    expect(wrongs((objects) => ofKind(objects, 'Secret').map(({ metadata }) => metadata.name))).toEqual([]);
    const suspicious = /-----BEGIN|:\/\/[^\s/:"]+:[^\s/@"]+@|[A-Za-z0-9_-]{43,}(?![A-Za-z0-9_-]*[/.:])|#[0-9a-f]{64}/;
    expect(
      wrongs((_, { yaml }) =>
        yaml.split('\n').map((line) => !/sha256:|cnpg_collector_/.test(line) && suspicious.test(line) && line),
      ),
    ).toEqual([]);
  });
});

/** Pods that run on. A job ends. */
const getServers = (objects: readonly KubernetesObject[]) =>
  getWorkloads(objects).filter(({ object }) => !['Job', 'CronJob'].includes(object.kind));

describe('every pod', () => {
  it('keeps to the Pod Security Standard restricted', () => {
    const wrong = wrongs((objects) => [
      ...getWorkloads(objects).flatMap(({ name, pod, object }) => [
        pod.securityContext?.runAsNonRoot !== true && `${name} may be root`,
        // Lower ids may be those of the node's users. The image of PostgreSQL needs its own.
        ['runAsUser', 'runAsGroup', 'fsGroup'].some((id) => !(Number(pod.securityContext?.[id]) >= 10_000)) &&
          !['postgres', 'postgres-backup'].includes(name) &&
          `${name} has an id below 10000`,
        (pod.securityContext?.seccompProfile as { type?: string })?.type !== 'RuntimeDefault' &&
          `${name} has no seccomp`,
        ['hostNetwork', 'hostPID', 'hostIPC'].some((field) => field in pod) && `${name} uses the host's namespaces`,
        (pod.volumes ?? []).some((volume) => 'hostPath' in volume) && `${name} mounts a folder of the host`,
        object.kind === 'Deployment' && pod.enableServiceLinks !== false && `${name} gets variables of Services`,
      ]),
      ...containers(objects).flatMap(({ where, container: { securityContext = {}, ports } }) => [
        securityContext.allowPrivilegeEscalation !== false && `${where} may gain privileges`,
        securityContext.readOnlyRootFilesystem !== true && `${where} may write its image`,
        JSON.stringify(securityContext.capabilities) !== '{"drop":["ALL"]}' && `${where} has capabilities`,
        ('privileged' in securityContext || 'runAsUser' in securityContext) && `${where} goes its own way`,
        (ports ?? []).some((port) => 'hostPort' in port) && `${where} takes a port of the host`,
      ]),
    ]);
    expect(wrong).toEqual([]);
  });

  it('has no token for the API of Kubernetes, and an account of its own', () => {
    const wrong = wrongs((objects) =>
      getWorkloads(objects).flatMap(({ name, pod }) => [
        pod.automountServiceAccountToken !== false && `${name} has a token`,
        pod.serviceAccountName !== name && `${name} has the account ${pod.serviceAccountName}`,
        named(objects, 'ServiceAccount', name).automountServiceAccountToken !== false &&
          `the account ${name} has a token`,
      ]),
    );
    expect(wrong).toEqual([]);
  });

  it('has the password of the role that owns a schema in the container that migrates, and in no other', () => {
    const wrong = wrongs((objects) =>
      containers(objects).map(
        ({ where, container: { name, volumeMounts = [] } }) =>
          volumeMounts.some((mount) => mount.name === 'migration') !== (name === 'migrate') &&
          `${where} ${name === 'migrate' ? 'lacks' : 'has'} the password of the owner`,
      ),
    );
    expect(wrong).toEqual([]);
  });

  it('has its secrets in files, and none in its environment', () => {
    const wrong = wrongs((objects) =>
      containers(objects).map(
        ({ where, container: { env = [], envFrom = [] } }) =>
          (env.some(({ valueFrom }) => valueFrom?.secretKeyRef) || envFrom.some(({ secretRef }) => secretRef)) &&
          `${where} has a secret in its environment`,
      ),
    );
    expect(wrong).toEqual([]);
  });

  it('says what it needs and may have', () => {
    const wrong = wrongs((objects) =>
      containers(objects).flatMap(({ where, container: { resources } }) =>
        (['requests', 'limits'] as const).flatMap((kind) =>
          ['cpu', 'memory', 'ephemeral-storage'].map(
            (what) => !resources?.[kind]?.[what] && `${where} has no ${kind} of ${what}`,
          ),
        ),
      ),
    );
    expect(wrong).toEqual([]);
  });

  it('has an image of one version', () => {
    const wrong = wrongs((objects) =>
      containers(objects).map(
        ({ where, container: { image } }) =>
          !/^[a-z/-]+(:(?!latest)[a-z0-9.-]+|@sha256:[0-9a-f]{64})$/.test(image) && `${where} has the image ${image}`,
      ),
    );
    expect(wrong).toEqual([]);
  });

  it('can be asked whether it has started, lives and is ready, and stops gracefully', () => {
    const wrong = wrongs((objects) =>
      getServers(objects).flatMap(({ name, pod }) =>
        pod.containers.flatMap((container) => [
          !container.startupProbe && `${name}/${container.name} has no startup probe`,
          !container.livenessProbe && `${name}/${container.name} has no liveness probe`,
          !container.readinessProbe && `${name}/${container.name} has no readiness probe`,
          container.name !== 'sentinel' && !container.lifecycle?.preStop && `${name}/${container.name} has no preStop`,
        ]),
      ),
    );
    expect(wrong).toEqual([]);
  });

  it('of a service is asked on its admin port, and has time to drain', () => {
    const wrong = wrongs((objects) =>
      services.flatMap((service) => {
        const pod = getWorkloads(objects).find(({ name }) => name === service)?.pod;
        const container = pod?.containers[0];
        const settings = getSettings(objects, service);
        const port = (name: string) => container?.ports?.find((one) => one.name === name)?.containerPort;
        const pause = container?.lifecycle?.preStop?.sleep?.seconds ?? NaN;
        return [
          port('http') !== Number(settings.PORT) && `${service} listens on another port`,
          port('admin') !== Number(settings.ADMIN_PORT) && `${service} has another admin port`,
          String(port('https')) !== String(settings.HTTPS_PORT) && `${service} has another HTTPS port`,
          container?.startupProbe?.httpGet?.port !== 'admin' && `${service} is not asked on its admin port`,
          container?.livenessProbe?.httpGet?.path !== '/livez' && `${service} is not asked whether it lives`,
          container?.readinessProbe?.httpGet?.path !== '/readyz' && `${service} is not asked whether it is ready`,
          !(pause + Number(settings.DRAIN_SECONDS) < (pod?.terminationGracePeriodSeconds ?? 0)) &&
            `${service} is killed while it drains`,
        ];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('is spread over machines and zones where there are several', () => {
    const wrong = wrongs((objects) =>
      getServers(objects)
        .filter(({ name }) => name !== 'postgres')
        .flatMap(({ name, labels, pod: { topologySpreadConstraints: constraints = [], affinity } }) => {
          const preferred = affinity?.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution ?? [];
          const terms = [...constraints, ...preferred.map(({ podAffinityTerm }) => podAffinityTerm)];
          return [
            terms
              .map(({ topologyKey }) => topologyKey)
              .sort()
              .join() !== 'kubernetes.io/hostname,topology.kubernetes.io/zone' && `${name} is not spread`,
            // The scheduler ignores nodes that lack the label of any soft constraint.
            constraints.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === 'ScheduleAnyway').length > 1 &&
              `${name} is not spread over nodes without a zone`,
            ...terms.map((one) => !selects(one.labelSelector, labels) && `${name} is spread among others' pods`),
          ];
        }),
    );
    expect(wrong).toEqual([]);
  });
});

/** Of each container of a service; the first one is the service itself. */
const getAllSettings = (objects: readonly KubernetesObject[], service: string): Record<string, string>[] =>
  getWorkloads(objects)
    .filter(({ name }) => name === service)
    .flatMap(({ pod }) => [...pod.containers, ...(pod.initContainers ?? [])])
    .map(({ envFrom = [] }) =>
      Object.assign(
        {},
        ...envFrom.map(({ configMapRef }) => configMapRef && named(objects, 'ConfigMap', configMapRef.name).data),
      ),
    );
const getSettings = (objects: readonly KubernetesObject[], service: string): Record<string, string> =>
  getAllSettings(objects, service)[0] ?? {};

describe('settings', () => {
  /** What the store's owner decides in an overlay, and the base leaves open. */
  const leftOpen = { PAYMENT_METHODS: 'invoice', FIRST_PARTY_ORIGINS: 'https://store.example' };

  it('of each service are those that it knows, and it would start with them', () => {
    // Most variants give a service what another one does.
    const checked = new Set<string>();
    const isNew = (...given: unknown[]) => checked.size < checked.add(JSON.stringify(given)).size;
    const wrong = wrongs((objects, { name: variant }) =>
      getWorkloads(objects)
        .filter(({ name }) => (services as readonly string[]).includes(name))
        .flatMap((workload) =>
          getContainers(workload).flatMap((container) => {
            const where = `${workload.name}/${container.name}`;
            const configMaps = (container.envFrom ?? []).map(
              ({ configMapRef }) => configMapRef && named(objects, 'ConfigMap', configMapRef.name).data,
            );
            const { env, volumeMounts } = container;
            if (!isNew(where, variant.startsWith('overlays/'), configMaps, env, volumeMounts, workload.pod.volumes)) {
              return [];
            }
            const schema = loadSchema(workload.name as Service);
            const { environment, folder } = getEnvironment(workload, container, objects);
            try {
              const unknown = Object.keys(environment).filter((name) => !(name in schema.shape));
              const open = variant.startsWith('overlays/')
                ? {}
                : Object.fromEntries(Object.entries(leftOpen).filter(([name]) => name in schema.shape));
              loadConfig(schema, { ...open, ...environment });
              return unknown.map((name) => `${where} does not know ${name}`);
            } catch (error) {
              return [`${where} would not start: ${(error as Error).message}`];
            } finally {
              rmSync(folder, { recursive: true });
            }
          }),
        ),
    );
    expect(wrong).toEqual([]);
  });

  it('of production refuse the payment method that takes no money', () => {
    const { objects } = variants.find(({ name }) => name === 'overlays/production') as Variant;
    expect(getSettings(objects, 'checkout').PAYMENT_METHODS?.split(',')).not.toContain('test');
    expect(
      wrongs((mixed, { name }) => [
        name !== 'overlays/local' &&
          /\btest\b/.test(getSettings(mixed, 'checkout').PAYMENT_METHODS ?? '') &&
          'the payment method test is offered',
        name !== 'overlays/local' &&
          services.some((service) => getSettings(mixed, service).DANGEROUSLY_ALLOW_INSECURE_SETTINGS !== undefined) &&
          'insecure settings are allowed',
      ]),
    ).toEqual([]);
  });

  it.each(['gateway-api', 'ingress'])('of production name the host that %s serves', async (door) => {
    const folder = await copyProduction(`host-${door}`, values, ({ components }) => {
      components[components.indexOf('../../components/gateway-api')] = `../../components/${door}`;
    });
    const objects = parseObjects(door, await kustomize(await findKubectl(), folder));
    const hosts = [
      ...ofKind(objects, 'Gateway').flatMap(({ spec }) =>
        spec.listeners.map((one: { hostname: string }) => one.hostname),
      ),
      ...ofKind(objects, 'HTTPRoute').flatMap(({ spec }) => spec.hostnames as string[]),
      ...ofKind(objects, 'Ingress').flatMap(({ spec }) => [spec.rules[0].host, spec.tls[0].hosts[0]] as string[]),
    ];
    expect(new Set(hosts)).toEqual(new Set([values.host]));
    for (const service of ['gateway', 'checkout'])
      expect(getSettings(objects, service).FIRST_PARTY_ORIGINS).toBe(`https://${values.host}`);
    expect(getSettings(objects, 'gateway').TRUSTED_PROXIES).toBe(values.trustedProxies);
  });
});

describe('what refers to something else finds it', () => {
  it('services know each other by headless Services and the ports of their pods', () => {
    const isOfService = new RegExp(`^(${services.join('|').toUpperCase()}|GATEWAY_ADMIN|JWKS)_URL$`);
    const wrong = wrongs((objects, { components }) =>
      services.flatMap((service) =>
        Object.entries(getSettings(objects, service))
          .filter(([name]) => isOfService.test(name))
          .map(([name, value]) => {
            const { protocol, hostname, port } = new URL(value);
            const { spec } = named(objects, 'Service', hostname);
            const isRight =
              (protocol === 'https:' || !components.includes('https')) &&
              spec.clusterIP === 'None' &&
              spec.publishNotReadyAddresses === undefined &&
              spec.ports.some((one: { port: number }) => String(one.port) === port);
            return !isRight && `${service}: ${name}=${value}`;
          }),
      ),
    );
    expect(wrong).toEqual([]);
  });

  it('services the roles of their own schemas', () => {
    const wrong = wrongs((objects) =>
      services.flatMap((service) => {
        const all = getAllSettings(objects, service);
        const roles = { DATABASE_URL: service, MIGRATION_DATABASE_URL: `${service}_owner` };
        return Object.entries(roles).map(([name, role]) => {
          const urls = all.flatMap((settings) => settings[name] ?? []);
          return (urls.length === 0 || urls.some((url) => new URL(url).username !== role)) && `${service}: ${name}`;
        });
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('callers a new pod before an old one stops, although DNS caches addresses for 30 s and they look them up every 5 s', () => {
    const wrong = wrongs((objects) =>
      services.map((service) => !(named(objects, 'Deployment', service).spec.minReadySeconds > 35) && service),
    );
    expect(wrong).toEqual([]);
  });

  it('Services and budgets their pods, autoscalers and the ingress what they name', () => {
    const wrong = wrongs((objects) => {
      const workloads = getWorkloads(objects);
      const finds = (selector: LabelSelector) => workloads.filter(({ labels }) => selects(selector, labels));
      return [
        ...ofKind(objects, 'Service').flatMap(({ metadata, spec }) => {
          // A StatefulSet gives each of its pods this label.
          const labels = Object.entries(spec.selector as Labels).filter(
            ([name]) => name !== 'statefulset.kubernetes.io/pod-name',
          );
          const [workload, another] = finds({ matchLabels: Object.fromEntries(labels) });
          const ports = workload?.pod.containers.flatMap((container) => container.ports ?? []) ?? [];
          return [
            (!workload || another) && `Service ${metadata.name} does not find one workload`,
            ...spec.ports.map(
              ({ targetPort }: { targetPort: string }) =>
                !ports.some(({ name }) => name === targetPort) && `Service ${metadata.name}: no port ${targetPort}`,
            ),
          ];
        }),
        ...ofKind(objects, 'PodDisruptionBudget').map(
          ({ metadata, spec }) => finds(spec.selector).length !== 1 && `budget ${metadata.name} is of no workload`,
        ),
        ...getServers(objects).map(
          ({ name, labels }) =>
            name !== 'postgres' &&
            !ofKind(objects, 'PodDisruptionBudget').some(({ spec }) => selects(spec.selector, labels)) &&
            `${name} has no budget`,
        ),
        ...ofKind(objects, 'HorizontalPodAutoscaler').flatMap(({ metadata, spec }) => {
          const target = objects.find(
            ({ kind, metadata: { name } }) => kind === spec.scaleTargetRef.kind && name === spec.scaleTargetRef.name,
          );
          return [
            !target && `autoscaler ${metadata.name} has no target`,
            target?.spec.replicas !== undefined && `${metadata.name} has a number of replicas beside its autoscaler`,
          ];
        }),
        ...ofKind(objects, 'ServiceMonitor').map(({ spec }) => {
          const found = ofKind(objects, 'Service').filter(({ metadata }) =>
            selects(spec.selector, metadata.labels ?? {}),
          );
          return found.length !== services.length && 'the monitor does not find every Service';
        }),
        ...ofKind(objects, 'Ingress').map(({ spec }) => {
          const { name, port } = spec.rules[0].http.paths[0].backend.service;
          const { ports } = named(objects, 'Service', name).spec as { ports: { name: string }[] };
          return (name !== 'gateway' || !ports.some((one) => one.name === port.name)) && 'the ingress leads elsewhere';
        }),
        ...ofKind(objects, 'HTTPRoute').flatMap(({ metadata, spec }) => {
          const [parent] = spec.parentRefs as { name: string; sectionName: string }[];
          const { listeners } = named(objects, 'Gateway', parent?.name ?? '').spec as { listeners: { name: string }[] };
          const backends = (spec.rules as { backendRefs?: { name: string; port: number }[] }[]).flatMap(
            ({ backendRefs = [] }) => backendRefs,
          );
          return [
            !listeners.some(({ name }) => name === parent?.sectionName) && `${metadata.name} has no listener`,
            ...backends.map(({ name, port }) => {
              const { ports } = named(objects, 'Service', name).spec as { ports: { name: string; port: number }[] };
              const isHttp = ports.some((one) => one.name === 'http' && one.port === port);
              return (name !== 'gateway' || !isHttp) && `${metadata.name} leads elsewhere`;
            }),
          ];
        }),
        ...ofKind(objects, 'StatefulSet').map(
          ({ metadata, spec }) =>
            named(objects, 'Service', spec.serviceName).spec.clusterIP !== 'None' && `${metadata.name} has no names`,
        ),
      ];
    });
    expect(wrong).toEqual([]);
  });

  it('services reach the PostgreSQL of local at an address that outlives its pod', () => {
    const { objects } = variants.find(({ name }) => name === 'overlays/local') as Variant;
    const hosts = services.map((service) => new URL(getSettings(objects, service).DATABASE_URL ?? '').hostname);
    expect(hosts).toEqual(services.map(() => 'postgres'));
    const { spec } = named(objects, 'Service', 'postgres');
    expect(spec.clusterIP).toBeUndefined();
    expect(spec.selector).toEqual({ 'app.kubernetes.io/name': 'postgres' });
  });

  it('pods their ConfigMaps, and Secrets that README.md tells how to make', () => {
    const secrets = documentedSecrets();
    const wrong = wrongs((objects) => {
      const configMaps = new Set(ofKind(objects, 'ConfigMap').map(({ metadata }) => metadata.name));
      return [
        ...getWorkloads(objects).flatMap(({ name, pod }) =>
          (pod.volumes ?? []).flatMap((volume) => [
            volume.configMap &&
              !configMaps.has(volume.configMap.name) &&
              `${name}: no ConfigMap ${volume.configMap.name}`,
            ...getSecrets(volume).flatMap(({ name: secret, keys = [] }) => [
              !secrets.has(secret) && `${name}: no Secret ${secret}`,
              ...keys.map((key) => !secrets.get(secret)?.includes(key) && `${name}: no key ${key} in ${secret}`),
            ]),
          ]),
        ),
        ...containers(objects).flatMap(({ where, workload, container }) => [
          ...(container.envFrom ?? []).flatMap(({ configMapRef }) => [
            configMapRef && !configMaps.has(configMapRef.name) && `${where}: no ConfigMap ${configMapRef.name}`,
          ]),
          ...(container.volumeMounts ?? []).map(
            (mount) =>
              ![...(workload.pod.volumes ?? []), ...(workload.object.spec.volumeClaimTemplates ?? [])].some(
                (volume) => (volume.name ?? volume.metadata.name) === mount.name,
              ) && `${where}: no volume ${mount.name}`,
          ),
        ]),
      ];
    });
    expect(wrong).toEqual([]);
  });

  it('settings and scripts the files of Secrets and ConfigMaps', () => {
    const secrets = documentedSecrets();
    const wrong = wrongs((objects) =>
      containers(objects).flatMap(({ where, workload, container }) => {
        const inVolumes = new Map(
          (container.volumeMounts ?? []).map((mount) => {
            const volume = workload.pod.volumes?.find(({ name }) => name === mount.name);
            const held = volume ? getSecrets(volume) : [];
            const files = held.length
              ? held.flatMap(({ name, keys }) => keys ?? secrets.get(name) ?? [])
              : volume?.configMap && Object.keys(named(objects, 'ConfigMap', volume.configMap.name).data);
            return [mount.mountPath, files] as const;
          }),
        );
        const environment = Object.fromEntries((container.env ?? []).map(({ name, value = '' }) => [name, value]));
        for (const { configMapRef } of container.envFrom ?? []) {
          if (configMapRef) Object.assign(environment, named(objects, 'ConfigMap', configMapRef.name).data);
        }
        const scripts = (workload.pod.volumes ?? [])
          .flatMap(({ configMap }) => Object.values(configMap ? named(objects, 'ConfigMap', configMap.name).data : {}))
          .join('\n')
          .replace(/\$\{?(\w+)\}?/g, (all: string, name: string) => environment[name] ?? all);
        const text = [JSON.stringify(container), ...Object.values(environment), scripts].join('\n');
        return [...inVolumes].flatMap(([folder, files]) =>
          [...text.matchAll(new RegExp(`${folder}/([\\w.-]*[\\w])`, 'g'))].map(
            ([path, file = '']) => files && !files.includes(file) && `${where}: ${path} is not there`,
          ),
        );
      }),
    );
    expect(wrong).toEqual([]);
  });
});
