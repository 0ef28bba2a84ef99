import recorded from './examples.json';
import { createOpenApi } from './openapi';
import { getProblemCodes } from './operation';
import { operations } from './operations';
import { problemTypes } from './problem-types';
import { readSchema } from './read-openapi';

interface Described {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: object }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: object }> };
  readonly responses: Record<string, { readonly content?: Record<string, { readonly schema: object }> }>;
}

const document = createOpenApi('1.2.3') as unknown as {
  components: { schemas: Record<string, object> };
  paths: Record<string, Record<string, Described>>;
};
const text = JSON.stringify(document);
const described = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
);
const find = (id: string) => {
  const found = described.find(({ operationId }) => operationId === id);
  if (!found) throw new Error(`${id} is not in the document`);
  return found;
};
const credentials = (password: string) => ({ email: 'badger@store.example', password });

describe('the OpenAPI document', () => {
  it('refers to nothing that is not there', () => {
    const references = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path);
    expect(references.length).toBeGreaterThan(10);
    for (const path of references) {
      const found = path.split('/').reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], document);
      expect([path, found]).toEqual([path, expect.any(Object)]);
    }
  });

  it('has each operation once, in the order in which the examples can be sent', () => {
    expect(described.map(({ operationId }) => operationId)).toEqual(operations.map(({ id }) => id));
    expect(new Set(described.map(({ operationId }) => operationId)).size).toBe(operations.length);
  });

  it('declares every parameter of a path', () => {
    for (const { path, parameters } of described) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(parameters.filter((each) => each.in === 'path').map(({ name }) => name)).toEqual(named);
    }
  });

  it('has schemas that are JSON Schema, all of them', () => {
    const bodies = described.flatMap(({ requestBody, responses }) =>
      [requestBody, ...Object.values(responses)].flatMap((each) => Object.values(each?.content ?? {})),
    );
    const parameters = described.flatMap((each) => each.parameters);
    const components = Object.values(document.components.schemas).map((schema) => ({ schema }));
    const schemas = new Map(
      [...bodies, ...parameters, ...components].map(({ schema }) => [JSON.stringify(schema), schema]),
    );
    for (const schema of schemas.values()) {
      expect(() => readSchema(document, schema)).not.toThrow();
      expect(Object.keys(schema)).toContainEqual(expect.stringMatching(/^(\$ref|type)$/));
    }
    expect(() => readSchema(document, { $ref: '#/components/schemas/Badger' })).toThrow();
    expect(() => readSchema(document, { type: 'badger' })).toThrow();
  });

  it.each([
    ['addToCart', { id: 'badger-enamel-mug', quantity: 1 }, { id: 'badger-enamel-mug', quantity: 1.5 }],
    ['addToCart', { id: 'badger-enamel-mug' }, { id: 'badger-enamel-mug', price: 1 }],
    ['setQuantity', { quantity: 0 }, { quantity: -1 }],
    ['register', credentials('p'.repeat(12)), credentials('p'.repeat(11))],
    ['register', credentials('p'.repeat(256)), credentials('p'.repeat(257))],
    ['signIn', credentials('p'), credentials('')],
    ['refreshSession', {}, { refreshToken: '{}' }],
  ])('takes and refuses for %s what its check does', (id, right, wrong) => {
    const content = find(id).requestBody?.content['application/json'];
    const check = operations.find((operation) => operation.id === id)?.body;
    for (const schema of [content && readSchema(document, content.schema), check]) {
      expect([right, wrong].map((body) => schema?.safeParse(body).success)).toEqual([true, false]);
    }
  });

  it.each([
    ['two-mugs', true],
    ['"two-mugs"', true],
    ['"two-mugs', false],
    ['two mugs', false],
    ['', false],
  ])('says of the Idempotency-Key %s whether it is one: %p', (key, isOne) => {
    const { schema = {} } = find('addToCart').parameters.find(({ name }) => name === 'Idempotency-Key') ?? {};
    expect(schema).toHaveProperty('pattern');
    expect(readSchema(document, schema).safeParse(key).success).toBe(isOne);
    const check = operations.find(({ id }) => id === 'addToCart')?.headers;
    expect(check?.safeParse({ 'idempotency-key': key }).success).toBe(isOne);
  });
});

describe('the schemas of the OpenAPI document', () => {
  it('have names of their own, objects and unions within others too', () => {
    const inline: string[] = [];
    const visit = (value: unknown, at: string, isNamed: boolean) => {
      if (typeof value !== 'object' || value === null) return;
      const { properties, oneOf, anyOf, enum: values } = value as Record<string, unknown>;
      const isConstant = Array.isArray(values) && values.length === 1;
      const isNullable = Array.isArray(anyOf) && JSON.stringify(anyOf).includes('"type":"null"');
      if ((properties ?? oneOf ?? (isNullable ? undefined : anyOf) ?? (isConstant ? undefined : values)) && !isNamed)
        inline.push(at);
      for (const [name, each] of Object.entries(value)) {
        if (!/^(examples|mapping)$/.test(name)) visit(each, `${at}/${name}`, /^\/schemas$/.test(at));
      }
    };
    visit(document.components, '', false);
    visit(document.paths, '/paths', false);
    expect(inline).toEqual([]);
  });

  it('have no pattern beside a format that implies it', () => {
    expect(text).not.toMatch(/"format":"(uuid|date-time)"[^}]*"pattern"/);
    expect(text).not.toMatch(/"pattern"[^}]*"format":"(uuid|date-time)"/);
  });

  it('tell payments and problems apart by a discriminator', () => {
    const { Payment, CheckOutError } = document.components.schemas;
    expect(Payment).toMatchObject({ discriminator: { propertyName: 'method' } });
    expect(CheckOutError).toMatchObject({
      discriminator: {
        propertyName: 'code',
        mapping: { OUT_OF_STOCK: '#/components/schemas/OutOfStockProblem' },
      },
    });
  });

  it('know integers beyond 2^31 as such', () => {
    expect(document.components.schemas.Money).toMatchObject({ properties: { amount: { format: 'int64' } } });
  });
});

it('the responses of an operation are those of its problems', () => {
  for (const operation of operations) {
    const statuses = getProblemCodes(operation).map((code) => String(problemTypes[code].status));
    const named = Object.keys(find(operation.id).responses).filter((status) => Number(status) >= 400);
    expect([operation.id, named]).toEqual([operation.id, [...new Set(statuses)].sort()]);
  }
});

describe('the recorded examples', () => {
  interface RecordedExample {
    readonly status: number;
    readonly request?: unknown;
    readonly response?: unknown;
  }
  const examples: Readonly<Record<string, readonly RecordedExample[] | undefined>> = recorded;

  it('are examples of every operation and of no other', () => {
    expect(Object.keys(examples).sort()).toEqual(operations.map(({ id }) => id).sort());
  });

  it.each(operations)('of $id have a successful response, and fit the schemas', ({ id, body, response: success }) => {
    const successful = examples[id]?.filter(({ status }) => status === success.status) ?? [];
    expect(successful).not.toEqual([]);
    for (const { request, response } of successful) {
      if (request !== undefined) expect(body?.safeParse(request).error?.issues).toBeUndefined();
      if (response !== undefined) expect(success.schema?.safeParse(response).error?.issues).toBeUndefined();
    }
  });
});
