import { join } from 'node:path';
import { Ajv, type AnySchema } from 'ajv';
import certManager from './cert-manager-v1.21.2.json';
import cloudNativePg from './cloudnative-pg-1.27.1.json';
import gatewayApi from './gateway-api-v1.4.1.json';
import type { KubernetesObject } from './objects';

/** By path: the packages offer only what throws at the first error, and lets unknown fields pass. */
const modules = join(__dirname, '../../../node_modules');

interface Validate {
  (data: unknown): boolean;
  readonly errors?: readonly { instancePath: string; keyword: string; params: object }[];
}

/** What the schemas of Kubernetes, the Prometheus operator, the Gateway API, CloudNativePG and cert-manager have against an object; unknown fields count. */
export function schemaErrors(object: KubernetesObject): string[] {
  const where = `${object.kind}/${object.metadata?.name}`;
  let validate: Validate;
  try {
    validate = loadSchema(object);
  } catch {
    return [`${where}: there is no schema for ${object.apiVersion}`];
  }
  const seen = recorder(object);
  const errors = validate(seen.proxy) ? [] : (validate.errors ?? []);
  return [
    ...errors.map(
      ({ instancePath, keyword, params }) => `${instancePath || '/'}: ${keyword} ${JSON.stringify(params)}`,
    ),
    ...seen.unknown(),
  ].map((error) => `${where}: ${error}`);
}

function loadSchema({ apiVersion, kind }: KubernetesObject): Validate {
  const [group = 'core', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion];
  const crds = customResources[group];
  if (crds) return compileCrd(crds, version, kind);
  const path =
    group === 'monitoring.coreos.com'
      ? `@kubernetes-models/prometheus-operator/_schemas/MonitoringCoreosCom${capital(version)}${kind}.js`
      : `kubernetes-models/_schemas/IoK8sApi${capital(group.split('.')[0] ?? '')}${capital(version)}${kind}.js`;
  return (require(join(modules, path)) as { validate: Validate }).validate;
}

// CRDs use formats that JSON Schema does not have.
const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false });

/** The CRDs of version v1, of the Gateway API the standard channel, of CloudNativePG the fields that an overlay may need, of cert-manager two kinds of issuers, without descriptions and status. */
const customResources: Readonly<Record<string, Readonly<Record<string, AnySchema | undefined>>>> = {
  'gateway.networking.k8s.io': gatewayApi,
  'postgresql.cnpg.io': cloudNativePg,
  'cert-manager.io': certManager,
};

function compileCrd(crds: Readonly<Record<string, AnySchema | undefined>>, version: string, kind: string): Validate {
  const schema = crds[kind];
  if (version !== 'v1' || schema === undefined) throw new Error(`There is no schema for ${version} ${kind}`);
  return ajv.compile(schema) as Validate;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * The schemas let unknown fields pass, but look up every field that they know. So an own field that was never looked up, of an object
 * of which some field was, is unknown to them.
 */
function recorder(root: object) {
  const seen = new Map<object, Set<string>>();
  const proxies = new WeakMap<object, object>();
  const wrap = (value: unknown): unknown => {
    if (value === null || typeof value !== 'object') return value;
    let proxy = proxies.get(value);
    if (!proxy) {
      proxy = new Proxy(value, {
        get(target, key) {
          const held: unknown = Reflect.get(target, key);
          if (typeof key === 'symbol') return held;
          if (Array.isArray(target)) return /^\d+$/.test(key) ? wrap(held) : held;
          const looked = seen.get(target) ?? new Set();
          seen.set(target, looked.add(key));
          return wrap(held);
        },
      });
      proxies.set(value, proxy);
    }
    return proxy;
  };
  const unknown = (value: unknown, path: string): string[] => {
    if (Array.isArray(value)) return value.flatMap((entry, index) => unknown(entry, `${path}/${index}`));
    const looked = value && typeof value === 'object' ? seen.get(value) : undefined;
    if (!looked) return [];
    return Object.entries(value as object).flatMap(([key, held]) =>
      looked.has(key) ? unknown(held, `${path}/${key}`) : [`${path}/${key}: unknown field`],
    );
  };
  return { proxy: wrap(root), unknown: () => unknown(root, '') };
}
