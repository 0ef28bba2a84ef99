import { z } from 'zod';
import { me, session } from './auth';
import { cart, changedCart } from './cart';
import { item, money } from './catalogue';
import { commonProblems } from './common-problems';
import type { Example, Operation } from './operation';
import { operations } from './operations';
import { order } from './orders';
import { problem } from './problem';

type Json = Record<string, unknown>;

const components = {
  Session: session,
  User: me,
  Item: item,
  Money: money,
  Cart: cart,
  ChangedCart: changedCart,
  Order: order,
  Problem: problem,
};

/**
 * The public surface as an OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.0), made of the schemas that requests are
 * checked with. Its extension `x-examples` holds requests in an order in which they can be sent; see `Example`.
 */
export function createOpenApi(version: string): Json {
  const paths: Record<string, Json> = {};
  for (const operation of operations) (paths[operation.path] ??= {})[operation.method] = toOperation(operation);
  return {
    openapi: '3.1.0',
    info: {
      title: 'badger-store',
      version,
      description:
        'A store for badger-related goods. Begin a session (`POST /auth/guest`), then send its userToken as a bearer token. ' +
        'Every error is a problem (RFC 9457) with a stable `code`.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: Object.fromEntries(
        Object.entries(components).map(([name, schema]) => [name, toSchema(schema, 'output')]),
      ),
      securitySchemes: {
        userToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key' },
        refreshCookie: { type: 'apiKey', in: 'cookie', name: '__Host-refresh' },
      },
    },
  };
}

function toOperation(operation: Operation): Json {
  const { id, tag, summary, body, answer, examples } = operation;
  const problems = Object.entries({ ...commonProblems(operation), ...operation.problems });
  return {
    operationId: id,
    tags: [tag],
    summary,
    security: securityOf(operation),
    parameters: parametersOf(operation),
    ...(body && {
      requestBody: {
        required: operation.bodyRequired ?? false,
        content: { 'application/json': { schema: toSchema(body, 'input'), examples: bodyExamples(examples) } },
      },
    }),
    responses: {
      [answer.status]: {
        description: answer.description,
        ...(answer.isPublic && { headers: cacheHeaders }),
        ...(answer.schema && { content: { 'application/json': { schema: referTo(answer.schema) } } }),
        ...(answer.type && { content: { [answer.type]: { schema: { type: 'string' } } } }),
      },
      ...(answer.isPublic && { 304: { description: 'As If-None-Match says', headers: cacheHeaders } }),
      ...Object.fromEntries(
        problems.map(([status, description]) => [status, problemOf(description, headersOf[status])]),
      ),
      default: problemOf('Another problem'),
    },
    'x-examples': examples,
  };
}

/** OpenAPI 3.1 lets a bearer scheme name what the token must allow. */
function securityOf({ bearer, scope, optional = [] }: Operation): Json[] {
  if (bearer) return [{ userToken: scope ? [scope] : [] }];
  return optional.reduce<Json[]>(
    (choices, scheme) => [...choices, ...choices.map((choice) => ({ ...choice, [scheme]: [] }))],
    [{}],
  );
}

function parametersOf({ params, query, headers }: Operation): Json[] {
  const places = { path: params, query, header: headers };
  return Object.entries(places).flatMap(([place, schema]) => {
    if (!schema) return [];
    const { properties = {}, required = [] } = toSchema(schema, 'input') as {
      properties?: Record<string, Json>;
      required?: string[];
    };
    return Object.entries(properties).map(([name, { description, ...rest }]) => ({
      name: place === 'header' ? toHeaderName(name) : name,
      in: place,
      required: required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: rest,
    }));
  });
}

const toHeaderName = (name: string): string => name.replace(/(^|-)[a-z]/g, (letters) => letters.toUpperCase());

const bodyExamples = (examples: readonly Example[]): Json =>
  Object.fromEntries(
    examples
      .filter(({ body, status }) => body !== undefined && status < 300)
      .map(({ summary, body: value }) => [toKey(summary), { summary, value }]),
  );

const toKey = (summary: string): string => summary.toLowerCase().replace(/[^a-z0-9]+/g, '-');

const cacheHeaders = {
  ETag: { description: 'Another one for each Content-Encoding', schema: { type: 'string' } },
  'Cache-Control': { description: 'After max-age a change is seen', schema: { type: 'string' } },
};
const retryAfter = { 'Retry-After': { description: 'In seconds', schema: { type: 'integer', minimum: 1 } } };
const headersOf: Readonly<Record<string, Json>> = {
  401: { 'WWW-Authenticate': { description: 'RFC 6750', schema: { type: 'string' } } },
  409: {
    'Retry-After': { ...retryAfter['Retry-After'], description: 'In seconds; of what passes by waiting alone' },
  },
  429: retryAfter,
  503: retryAfter,
};

const problemOf = (description: string, headers?: Json): Json => ({
  description,
  ...(headers && { headers }),
  content: { 'application/problem+json': { schema: referTo(problem) } },
});

function referTo(schema: z.ZodType): Json {
  const name = Object.entries(components).find(([, known]) => known === schema)?.[0];
  return name ? { $ref: `#/components/schemas/${name}` } : toSchema(schema, 'output');
}

/** `$schema` is said once, by the version of OpenAPI; a reference to another component takes its place. */
function toSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const json: Json = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      const known = Object.entries(components).find(([, component]) => Object.is(component, zodSchema));
      if (!known || Object.is(zodSchema, schema) || io === 'input') return;
      for (const key of Object.keys(jsonSchema)) delete jsonSchema[key as keyof typeof jsonSchema];
      jsonSchema.$ref = `#/components/schemas/${known[0]}`;
    },
  });
  delete json.$schema;
  return json;
}
