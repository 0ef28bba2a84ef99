import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiResponseObject } from 'zod-openapi';
import recorded from './examples.json';
import { getProblemCodes, tagDescriptions, type Operation } from './operation';
import { operations } from './operations';
import { anyProblem, problem, problemTypes, toPascalCase, type ProblemCode } from './problem-types';

/** A request that was sent to a store, and its response. */
interface RecordedExample {
  readonly summary: string;
  readonly status: number;
  readonly request?: unknown;
  readonly response?: unknown;
}

const examples: Readonly<Record<string, readonly RecordedExample[]>> = recorded;

/** The public API as an OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.0), made of the schemas that validate requests. */
export function createOpenApi(version: string): ReturnType<typeof createDocument> {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const operation of operations) (paths[operation.path] ??= {})[operation.method] = toOperation(operation);
  return createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'badger-store',
        version,
        description:
          'A store for badger-related items.\n\n' +
          'Begin a session (`POST /auth/guest`) and send its userToken as a bearer token. To check out, begin the session with the header ' +
          '`Origin: <address of the store>`, as the pages of the store do: only such a session has the scope `checkout`. A userToken expires ' +
          'after 10 minutes; `POST /auth/refresh` returns a new one.\n\n' +
          'Every error is a problem (RFC 9457) with a stable `code`. Retry a 429 or 503 after `Retry-After`.',
        contact: { name: 'badger-store' },
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/', description: 'The gateway' }],
      tags: Object.entries(tagDescriptions).map(([name, description]) => ({ name, description })),
      paths,
      components: {
        securitySchemes: {
          userToken: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description: 'The `userToken` of a session. An operation names the scope that the session must have.',
          },
          apiKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key', description: 'For servers. It sets the scopes.' },
          refreshCookie: {
            type: 'apiKey',
            in: 'cookie',
            name: '__Host-refresh',
            description: 'For first-party origins, when the session started with `"refreshIn": "cookie"`.',
          },
        },
      },
    },
    { override: ({ jsonSchema }) => simplify(jsonSchema) },
  );
}

/** What generators of clients handle: no pattern beside a format that implies it, no `const`, and integers of 64 bits. */
function simplify(schema: {
  -readonly [Name in keyof z.core.JSONSchema.BaseSchema]: z.core.JSONSchema.BaseSchema[Name];
}) {
  if (schema.format === 'uuid' || schema.format === 'date-time') delete schema.pattern;
  if ('const' in schema) {
    schema.enum = [schema.const as string];
    delete schema.const;
  }
  if (schema.type === 'integer' && schema.maximum === Number.MAX_SAFE_INTEGER) schema.format = 'int64';
  if (schema.additionalProperties && Object.keys(schema.additionalProperties).length === 0)
    delete schema.additionalProperties;
}

function toOperation(operation: Operation): ZodOpenApiOperationObject {
  const { id, tag, summary, description, params, query, headers, body, response } = operation;
  return {
    operationId: id,
    tags: [tag],
    summary,
    description,
    security: getSecurity(operation),
    requestParams: {
      ...(params && { path: params }),
      ...(query && { query }),
      ...(headers && { header: withHeaderNames(headers) }),
    },
    ...(body && {
      requestBody: {
        required: operation.bodyRequired ?? false,
        content: { 'application/json': { schema: body, examples: getRequestExamples(id) } },
      },
    }),
    responses: {
      [response.status]: {
        description: response.description,
        ...(response.isPublic && { headers: cacheHeaders }),
        ...(response.eTag && { headers: { ETag: { description: response.eTag, schema: { type: 'string' } } } }),
        ...(response.schema && {
          content: {
            'application/json': { schema: response.schema, examples: getResponseExamples(id, response.status) },
          },
        }),
        ...(response.type && { content: { [response.type]: { schema: { type: 'string' } } } }),
      },
      ...(response.isPublic && { 304: { description: 'Not modified: `If-None-Match` holds', headers: cacheHeaders } }),
      ...toProblemResponses(id, getProblemCodes(operation)),
      default: {
        description: 'A problem of HTTP itself, such as a method that the path does not have',
        content: { 'application/problem+json': { schema: problem } },
      },
    },
  };
}

/** OpenAPI 3.1 lets a bearer scheme name what the token must allow. */
function getSecurity({ bearer, scope, optional = [] }: Operation): Record<string, string[]>[] {
  if (bearer) return [{ userToken: scope ? [scope] : [] }];
  return optional.reduce<Record<string, string[]>[]>(
    (choices, scheme) => [...choices, ...choices.map((choice) => ({ ...choice, [scheme]: [] }))],
    [{}],
  );
}

/** Node has the names of headers in lower case. */
const withHeaderNames = (headers: z.ZodObject): z.ZodObject =>
  z.object(
    Object.fromEntries(
      Object.entries(headers.shape).map(([name, schema]) => [
        name.replace(/(^|-)[a-z]/g, (letters) => letters.toUpperCase()),
        schema,
      ]),
    ),
  );

function toExamples(chosen: readonly RecordedExample[], member: 'request' | 'response') {
  const named = chosen.map(({ summary, ...example }) => {
    const name = summary.toLowerCase().replace(/[^a-z0-9]+/g, '-');
    return [name, { summary, value: example[member] }] as const;
  });
  return named.length > 0 ? Object.fromEntries(named) : undefined;
}

const getRequestExamples = (id: string) =>
  toExamples(examples[id]?.filter(({ status, request }) => status < 300 && request !== undefined) ?? [], 'request');

const getResponseExamples = (id: string, status: number) =>
  toExamples(examples[id]?.filter((each) => each.status === status && each.response !== undefined) ?? [], 'response');

/** A response for each status. All have one schema, in which `code` determines the members and the status. */
function toProblemResponses(id: string, codes: readonly ProblemCode[]): Record<string, ZodOpenApiResponseObject> {
  const schema = anyProblem(`${toPascalCase(id)}Error`, codes);
  const statuses = [...new Set(codes.map((code) => problemTypes[code].status))].sort();
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: codes
          .filter((code) => problemTypes[code].status === status)
          .map((code) => `\`${code}\`: ${problemTypes[code].description}`)
          .join('\n\n'),
        headers: problemHeaders[status],
        content: { 'application/problem+json': { schema, examples: getResponseExamples(id, status) } },
      },
    ]),
  );
}

type Headers = NonNullable<ZodOpenApiResponseObject['headers']>;

const cacheHeaders: Headers = {
  ETag: { description: 'A different one for each Content-Encoding', schema: { type: 'string' } },
  'Cache-Control': { description: 'How long a cache may keep the response', schema: { type: 'string' } },
};
const toRetryAfter = (description: string): Headers => ({
  'Retry-After': { description, schema: { type: 'integer', minimum: 1 } },
});
const problemHeaders: Readonly<Record<string, Headers>> = {
  401: { 'WWW-Authenticate': { description: 'RFC 6750', schema: { type: 'string' } } },
  409: toRetryAfter('Seconds; only when a retry can succeed'),
  429: toRetryAfter('Seconds'),
  503: toRetryAfter('Seconds'),
};
