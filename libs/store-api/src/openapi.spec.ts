import { createOpenApi } from './openapi';
import { operations } from './operations';

const document = createOpenApi('1.2.3');
const text = JSON.stringify(document);

describe('the OpenAPI document', () => {
  it('refers to nothing that is not there', () => {
    const references = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path);
    expect(references.length).toBeGreaterThan(10);
    for (const path of references) {
      const found = path.split('/').reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], document);
      expect([path, found]).toEqual([path, expect.any(Object)]);
    }
  });

  it('has each operation once, with every parameter of its path', () => {
    expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length);
    expect(new Set(operations.map(({ method, path }) => `${method} ${path}`)).size).toBe(operations.length);
    for (const { path, params } of operations) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(Object.keys(params?.shape ?? {})).toEqual(named);
    }
  });

  it('says of a whole number that it is one', () => {
    expect(text).toContain('"quantity":{"default":1,"type":"integer","minimum":1}');
  });

  it('holds no transform that it could not describe', () => {
    const parameters = operations.flatMap(({ method, path }) => {
      const paths = document.paths as Record<string, Record<string, { parameters: { schema: object }[] }>>;
      return paths[path]?.[method]?.parameters ?? [];
    });
    expect(parameters.length).toBeGreaterThan(8);
    for (const { schema } of parameters) expect(schema).toHaveProperty('type');
  });
});

describe('the examples', () => {
  it('are there for every operation, one of them a success', () => {
    for (const { id, examples, answer } of operations) {
      expect([id, examples.map(({ status }) => status)]).toEqual([id, expect.arrayContaining([answer.status])]);
    }
  });

  it.each(
    operations.flatMap((operation) => operation.examples.map((example) => [operation.id, example, operation] as const)),
  )('of %s fit the schema of the body when they should: %j', (_id, example, { body, problems }) => {
    const isRefusedByItsForm = example.status === 400;
    if (body && example.body !== undefined && !isRefusedByItsForm && !JSON.stringify(example.body).includes('{{')) {
      expect(body.safeParse(example.body).success).toBe(true);
    }
    if (example.status >= 400 && example.status !== 401) expect(problems).toHaveProperty(String(example.status));
  });

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
