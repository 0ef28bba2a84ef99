import type { z } from 'zod';
import { serviceNames, type ServiceName } from '../services';
import { table } from './markdown';

interface Setting {
  readonly name: string;
  readonly description: string;
  /** The default in each service that has the setting. */
  readonly defaults: ReadonlyMap<ServiceName, string>;
  /** Lines of `.env.example`, commented out if the value differs between services. */
  readonly examples: readonly string[];
}

interface Meta {
  readonly description?: string;
  readonly development?: string;
  readonly example?: string;
  readonly absent?: string;
}

type Schemas = Readonly<Record<ServiceName, z.ZodObject>>;

/** All settings except `NODE_ENV`, in the order of the schemas. Throws if a setting lacks a description. */
export function readSettings(schemas: Schemas): Setting[] {
  const names = new Set(serviceNames.flatMap((service) => Object.keys(schemas[service].shape)));
  names.delete('NODE_ENV');
  return [...names].map((name) => {
    const services = serviceNames.filter((service) => name in schemas[service].shape);
    const found = services.map((service) => schemas[service].shape[name] as z.ZodType);
    const description = (found[0]?.meta() as Meta | undefined)?.description;
    if (!description) throw new Error(`${name} has no .meta({ description })`);
    const values = new Set(found.map((schema) => getValue(schema)));
    const isShared = values.size === 1 && !values.has(undefined);
    return {
      name,
      description,
      defaults: new Map(services.map((service, n) => [service, getDefault(found[n] as z.ZodType)])),
      examples: isShared
        ? [`${name}=${[...values]}`]
        : [...values].map((value) => `# ${name}=${value ?? (found[0]?.meta() as Meta).example ?? ''}`),
    };
  });
}

/** Zod's name for a schema that has a default: https://zod.dev/api#defaults */
const getSchemaDefault = (schema: z.ZodType): unknown => (schema as z.ZodDefault).def.defaultValue;

function getValue(schema: z.ZodType): string | undefined {
  const value = (schema.meta() as Meta | undefined)?.development ?? getSchemaDefault(schema);
  return value === undefined ? undefined : String(typeof value === 'boolean' ? Number(value) : value);
}

function getDefault(schema: z.ZodType): string {
  const value = getSchemaDefault(schema);
  if (typeof value === 'string') return `\`${value}\``;
  if (value !== undefined) return String(Number(value));
  return (schema.meta() as Meta).absent ?? (schema.safeParse(undefined).success ? 'none' : 'required');
}

const joinDistinct = (values: Iterable<string>) => [...new Set(values)].join(', ');
const isCommon = ({ defaults }: Setting) => defaults.size === serviceNames.length;

export const contractTable = (settings: readonly Setting[]) =>
  table(
    ['Setting', 'Service', 'Default', 'Meaning'],
    settings.map((setting) => [
      `\`${setting.name}\``,
      isCommon(setting) ? 'all' : [...setting.defaults.keys()].join(', '),
      joinDistinct(setting.defaults.values()),
      setting.description,
    ]),
  );

/** The settings of a service that not every service has. */
export const serviceTable = (settings: readonly Setting[], service: ServiceName) =>
  readmeTable(settings.filter((setting) => setting.defaults.has(service) && !isCommon(setting)));

export const commonTable = (settings: readonly Setting[]) => readmeTable(settings.filter(isCommon));

const readmeTable = (settings: readonly Setting[]) =>
  table(
    ['Setting', 'Default', 'Meaning'],
    settings.map(({ name, defaults, description }) => [`\`${name}\``, joinDistinct(defaults.values()), description]),
  );

/** The lines of `.env.example`, common settings first. */
export function envExample(settings: readonly Setting[]): string {
  const groups = new Map<string, Setting[]>();
  for (const setting of [...settings].sort((one, other) => other.defaults.size - one.defaults.size)) {
    const title = isCommon(setting) ? 'every service' : [...setting.defaults.keys()].join(' and ');
    groups.set(title, [...(groups.get(title) ?? []), setting]);
  }
  return [...groups]
    .map(([title, own]) => [`# --- ${title} ${'-'.repeat(110 - title.length)}`, '', ...own.flatMap(toLines)].join('\n'))
    .join('\n\n');
}

const toLines = ({ description, examples }: Setting): string[] => [
  ...(description.replaceAll('`', '').match(/.{1,116}(?=\s|$)/g) ?? []).map((line) => `# ${line.trim()}`),
  ...examples,
];
