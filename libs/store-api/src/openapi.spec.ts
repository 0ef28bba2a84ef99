import { z } from 'zod';
import { createOpenApi } from './openapi';
import { operations } from './operations';
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
    for (const { schema } of [...bodies, ...parameters, ...components]) {
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

describe('the examples', () => {
  it('are there for every operation, one of them a success', () => {
    for (const { id, examples, answer } of operations) {
      expect([id, examples.map(({ status }) => status)]).toEqual([id, expect.arrayContaining([answer.status])]);
    }
  });

  const all = operations.flatMap((operation) => operation.examples.map((example) => ({ ...operation, example })));
  const nothing = z.strictObject({});

  it.each(all.filter(({ example }) => example.status !== 400))(
    'of $id fit its path, query, headers and body: $example',
    ({ params = nothing, query = nothing, headers = nothing, body = nothing, example }) => {
      const named = Object.entries(example.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
      for (const [schema, given = {}] of [
        [params.strict(), example.path],
        [query.strict(), example.query],
        [headers, Object.fromEntries(named.filter(([name]) => name in headers.shape))],
        [body, example.body],
      ] as const) {
        if (!JSON.stringify(given).includes('{{')) expect(schema.safeParse(given).error?.issues).toBeUndefined();
      }
    },
  );

  it.each(all)('of $id get an answer that is documented: $example', ({ id, example }) =>
    expect(find(id).responses).toHaveProperty(String(example.status)),
  );

  it('need nothing that no earlier one kept', () => {
    const kept = new Set(['store']);
    for (const { examples } of operations) {
      for (const { keep = {}, ...example } of examples) {
        for (const [, name = ''] of JSON.stringify(example).matchAll(/\{\{(\w+)\}\}/g))
          expect([...kept]).toContain(name);
        for (const name of Object.keys(keep)) kept.add(name);
      }
    }
  });
});
