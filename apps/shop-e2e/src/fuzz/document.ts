import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';

export type Schema = Readonly<Record<string, unknown>>;

interface Content {
  readonly [mediaType: string]: { readonly schema: Schema };
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
}

export interface Operation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly security: readonly Readonly<Record<string, unknown>>[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

/** What `/openapi.json` says, and nothing else: the operations, and validators of their responses. */
export interface ApiDocument {
  readonly operations: readonly Operation[];
  /** What is wrong with a body, by the schema; nothing where it is valid. */
  explain(schema: Schema, body: unknown): string | undefined;
}

export async function readDocument(url: string): Promise<ApiDocument> {
  const response = await fetch(`${url}/openapi.json`);
  const document = (await response.json()) as {
    readonly components: { readonly schemas: Schema };
    readonly paths: Readonly<Record<string, Readonly<Record<string, Omit<Operation, 'method' | 'path'>>>>>;
  };
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  const toShared = (schema: unknown): Schema =>
    JSON.parse(JSON.stringify(schema).replaceAll('#/components/schemas/', 'components#/$defs/')) as Schema;
  ajv.addSchema(toShared({ $defs: document.components.schemas }), 'components');
  const validators = new Map<Schema, ValidateFunction>();
  const getValidator = (schema: Schema): ValidateFunction => {
    const known = validators.get(schema);
    if (known) return known;
    const validate = ajv.compile(toShared(schema));
    validators.set(schema, validate);
    return validate;
  };

  /** Values are made of schemas without references. */
  const inline = <Value>(value: Value): Value =>
    JSON.parse(JSON.stringify(value), (_key, each) => {
      const name = each?.$ref?.replace('#/components/schemas/', '');
      return name ? { ...inline(document.components.schemas[name] as Schema), ...each } : each;
    });

  return {
    operations: Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { requestBody, ...operation }]) => ({
        ...operation,
        ...(requestBody && { requestBody: inline(requestBody) }),
        method: method.toUpperCase(),
        path,
      })),
    ),
    explain(schema, body) {
      const validate = getValidator(schema);
      return validate(body) ? undefined : ajv.errorsText(validate.errors);
    },
  };
}
