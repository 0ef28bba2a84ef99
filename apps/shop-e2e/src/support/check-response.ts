import { createOpenApi, readSchema } from '@badger-store/store-api';
import type { z } from 'zod';

interface Documented {
  readonly components: { readonly schemas: object };
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
}

interface DocumentedOperation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { schema: object }>> }>>;
}

const document = createOpenApi('1.0.0') as unknown as Documented;
const paths = Object.entries(document.paths).map(
  ([path, methods]) => [new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`), methods] as const,
);
const schemas = new Map<object, z.ZodType>();

function getSchema(schema: object): z.ZodType {
  const known = schemas.get(schema) ?? readSchema(document, schema);
  schemas.set(schema, known);
  return known;
}

/** What the document says of this response is wrong with it; undefined when the response is right, or to no operation. */
export function findFault(method: string, target: string, response: Response, body: unknown): string | undefined {
  const path = target.replace(/[?#].*$/, '');
  const operation = paths.find(([pattern]) => pattern.test(path))?.[1][method.toLowerCase()];
  if (!operation) return undefined;
  const { content } = operation.responses[response.status] ?? operation.responses.default ?? {};
  const type = response.headers.get('content-type')?.replace(/;.*/, '');
  if (type === undefined) return content && `${response.status} has no content`;
  const schema = content?.[type]?.schema;
  if (!schema) return `${response.status} has undocumented content of the type ${type}`;
  if (!type.includes('json')) return undefined;
  const { error } = getSchema(schema).safeParse(body);
  return error && `${response.status} ${JSON.stringify(body)} is not as documented: ${error.message}`;
}
