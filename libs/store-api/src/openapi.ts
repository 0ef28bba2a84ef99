import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiResponseObject } from 'zod-openapi';
import { me, session } from './auth';
import { cart, changedCart } from './cart';
import { item, money } from './catalogue';
import { paymentMethodList, quote } from './checkout';
import { commonProblems } from './common-problems';
import type { Example, Operation } from './operation';
import { operations } from './operations';
import { order } from './orders';
import { problem } from './problem';

/**
 * The public surface as an OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.0), made of the schemas that requests are
 * checked with. Its extension `x-examples` holds requests in an order in which they can be sent; see `Example`.
 */
export function createOpenApi(version: string): ReturnType<typeof createDocument> {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const operation of operations) (paths[operation.path] ??= {})[operation.method] = toOperation(operation);
  return createDocument({
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
      schemas: {
        Session: session,
        User: me,
        Item: item,
        Money: money,
        Cart: cart,
        ChangedCart: changedCart,
        Order: order,
        Quote: quote,
        PaymentMethodList: paymentMethodList,
        Problem: problem,
      },
      securitySchemes: {
        userToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key' },
        refreshCookie: { type: 'apiKey', in: 'cookie', name: '__Host-refresh' },
      },
    },
  });
}

function toOperation(operation: Operation): ZodOpenApiOperationObject {
  const { id, tag, summary, params, query, headers, body, answer, examples } = operation;
  const problems = Object.entries({ ...commonProblems(operation), ...operation.problems });
  return {
    operationId: id,
    tags: [tag],
    summary,
    security: getSecurity(operation),
    requestParams: {
      ...(params && { path: params }),
      ...(query && { query }),
      ...(headers && { header: withHeaderNames(headers) }),
    },
    ...(body && {
      requestBody: {
        required: operation.bodyRequired ?? false,
        content: { 'application/json': { schema: body, examples: getBodyExamples(examples) } },
      },
    }),
    responses: {
      [answer.status]: {
        description: answer.description,
        ...(answer.isPublic && { headers: cacheHeaders }),
        ...(answer.schema && { content: { 'application/json': { schema: answer.schema } } }),
        ...(answer.type && { content: { [answer.type]: { schema: { type: 'string' } } } }),
      },
      ...(answer.isPublic && { 304: { description: 'As If-None-Match says', headers: cacheHeaders } }),
      ...Object.fromEntries(
        problems.map(([status, description]) => [status, toProblemResponse(description, problemHeaders[status])]),
      ),
      default: toProblemResponse('Another problem'),
    },
    'x-examples': examples,
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

const getBodyExamples = (examples: readonly Example[]) =>
  Object.fromEntries(
    examples
      .filter(({ body, status }) => body !== undefined && status < 300)
      .map(({ summary, body }) => [summary.toLowerCase().replace(/[^a-z0-9]+/g, '-'), { summary, value: body }]),
  );

type Headers = NonNullable<ZodOpenApiResponseObject['headers']>;

const cacheHeaders: Headers = {
  ETag: { description: 'Another one for each Content-Encoding', schema: { type: 'string' } },
  'Cache-Control': { description: 'After max-age a change is seen', schema: { type: 'string' } },
};
const toRetryAfter = (description: string): Headers => ({
  'Retry-After': { description, schema: { type: 'integer', minimum: 1 } },
});
const problemHeaders: Readonly<Record<string, Headers>> = {
  401: { 'WWW-Authenticate': { description: 'RFC 6750', schema: { type: 'string' } } },
  409: toRetryAfter('In seconds; of what passes by waiting alone'),
  429: toRetryAfter('In seconds'),
  503: toRetryAfter('In seconds'),
};

const toProblemResponse = (description: string, headers?: Headers): ZodOpenApiResponseObject => ({
  description,
  ...(headers && { headers }),
  content: { 'application/problem+json': { schema: problem } },
});
