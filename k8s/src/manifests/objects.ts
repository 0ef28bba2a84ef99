import { parseAllDocuments } from 'yaml';
import manifest from '../../../services.json';

/** As much of Kubernetes' objects as the rules look at; whether they are objects of Kubernetes at all is checked elsewhere. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Labels };
  // Each kind has its own.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly [field: string]: any;
}

export type Labels = Readonly<Record<string, string>>;

export interface LabelSelector {
  readonly matchLabels?: Labels;
}

export interface PodTerm {
  readonly topologyKey: string;
  readonly labelSelector: LabelSelector;
}

export interface Probe {
  readonly httpGet?: { readonly path: string; readonly port: string };
  readonly exec?: object;
  readonly timeoutSeconds?: number;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly {
    name: string;
    value?: string;
    valueFrom?: { secretKeyRef?: KeyReference; configMapKeyRef?: KeyReference };
  }[];
  readonly envFrom?: readonly { configMapRef?: { name: string }; secretRef?: { name: string } }[];
  readonly ports?: readonly { name: string; containerPort: number }[];
  readonly resources?: Record<'requests' | 'limits', Record<string, string> | undefined>;
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly lifecycle?: { readonly preStop?: { sleep?: { seconds: number }; exec?: object } };
  readonly volumeMounts?: readonly { name: string; mountPath: string; subPath?: string; readOnly?: boolean }[];
}

interface KeyReference {
  readonly name: string;
  readonly key: string;
}

export interface Volume {
  readonly name: string;
  readonly secret?: { readonly secretName: string; readonly items?: readonly { key: string }[] };
  readonly projected?: {
    readonly sources: readonly {
      readonly secret?: { readonly name: string; readonly items?: readonly { key: string }[] };
    }[];
  };
  readonly configMap?: { readonly name: string };
  readonly emptyDir?: { readonly sizeLimit?: string };
}

export interface PodSpec {
  readonly automountServiceAccountToken?: boolean;
  readonly enableServiceLinks?: boolean;
  readonly serviceAccountName?: string;
  readonly terminationGracePeriodSeconds?: number;
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes?: readonly Volume[];
  readonly topologySpreadConstraints?: readonly (PodTerm & { whenUnsatisfiable: string })[];
  readonly affinity?: {
    readonly podAntiAffinity: {
      readonly preferredDuringSchedulingIgnoredDuringExecution: readonly { podAffinityTerm: PodTerm }[];
    };
  };
}

/** The Secrets whose keys are the files of a volume, and those keys, if the volume has not all. */
export const getSecrets = ({ secret, projected }: Volume): { name: string; keys?: readonly string[] }[] => {
  const sources = (projected?.sources ?? []).flatMap((source) => source.secret ?? []);
  const own = secret ? [{ name: secret.secretName, items: secret.items }] : [];
  return [...own, ...sources].map(({ name, items }) => ({ name, keys: items?.map(({ key }) => key) }));
};

/** What makes pods. */
export interface Workload {
  readonly object: KubernetesObject;
  readonly name: string;
  readonly labels: Labels;
  readonly pod: PodSpec;
}

export type Service = keyof typeof manifest;
export const services = Object.keys(manifest) as Service[];

/** Reads YAML as Kubernetes does (1.1), and refuses a key that is given twice. */
export function parseObjects(name: string, yaml: string): KubernetesObject[] {
  const documents = parseAllDocuments(yaml, { version: '1.1', uniqueKeys: true });
  const [error] = documents.flatMap(({ errors }) => errors);
  if (error) throw new Error(`${name}: ${error.message}`);
  return documents.map((document) => document.toJS() as KubernetesObject);
}

export const getWorkloads = (objects: readonly KubernetesObject[]): Workload[] =>
  objects
    .filter(({ kind }) => ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'Pod'].includes(kind))
    .map((object) => {
      const template = object.kind === 'Pod' ? object : (object.spec.jobTemplate ?? object).spec.template;
      return {
        object,
        name: object.metadata.name,
        labels: template.metadata?.labels ?? {},
        pod: template.spec as PodSpec,
      };
    });

export const getContainers = ({ pod }: Workload): Container[] => [...(pod.initContainers ?? []), ...pod.containers];

export const ofKind = (objects: readonly KubernetesObject[], kind: string) =>
  objects.filter((object) => object.kind === kind);

export const named = (objects: readonly KubernetesObject[], kind: string, name: string) => {
  const found = ofKind(objects, kind).find(({ metadata }) => metadata.name === name);
  if (!found) throw new Error(`There is no ${kind} ${name}.`);
  return found;
};

/** An empty selector selects everything; the rules know no other than matchLabels, and a missing one selects nothing. */
export function selects(selector: LabelSelector | undefined, labels: Labels): boolean {
  if (!selector) return false;
  const unknown = Object.keys(selector).filter((field) => field !== 'matchLabels');
  if (unknown.length > 0) throw new Error(`A selector with ${unknown} is not understood here.`);
  return Object.entries(selector.matchLabels ?? {}).every(([name, value]) => labels[name] === value);
}
