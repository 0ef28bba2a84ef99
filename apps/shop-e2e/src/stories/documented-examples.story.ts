import type { Stack } from '@badger-store/stack';
import { readSchema, type Example } from '@badger-store/store-api';
import { newGuest, send } from '../support/customer';
import { openSharedShop } from '../support/shop';

interface DocumentedOperation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { schema: object }>> }>>;
  readonly 'x-examples'?: readonly Example[];
}

interface Documented {
  readonly components: { readonly schemas: object };
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
}

let shop: Stack;
let document: Documented;
const kept = new Map<string, string>();
beforeAll(async () => {
  shop = await openSharedShop();
  kept.set('store', shop.url);
  // The document as the running store serves it, not as the code has it.
  const { body } = await send(shop.url, 'GET', '/openapi.json');
  document = body as unknown as Documented;
});

const operationsOf = ({ paths }: Documented) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, ...operation })),
  );

const filled = (template: unknown): unknown =>
  JSON.parse(
    JSON.stringify(template).replace(/\{\{(\w+)\}\}/g, (_all, name: string) => kept.get(name) ?? `no ${name}`),
  );

async function answerOf(method: string, template: string, example: Example) {
  const { path = {}, query = {}, headers = {}, body } = filled(example) as Example;
  const address = template.replace(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(path[name] ?? ''));
  const search = new URLSearchParams(query).toString();
  return send(shop.url, method, `${address}${search && `?${search}`}`, body, headers);
}

describe('the description of the API', () => {
  it('has an example of every operation that the operation answers with success', () => {
    const found = operationsOf(document);
    expect(found.length).toBeGreaterThan(15);
    for (const { operationId, 'x-examples': examples = [] } of found) {
      const statuses = examples.map(({ status }) => status);
      expect([operationId, statuses.filter((status) => status < 300).length > 0]).toEqual([operationId, true]);
    }
  });

  it('has every method that a path has: any other is answered 405, with those in Allow', async () => {
    const { token } = await newGuest(shop.url);
    const found = operationsOf(document);
    for (const path of Object.keys(document.paths)) {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
        if (found.some((operation) => operation.path === path && operation.method === method)) continue;
        const address = path.replace(/\{\w+\}/g, 'badger-enamel-mug');
        const authorization = `Bearer ${token}`;
        const { status, body, headers } = await send(shop.url, method, address, undefined, { authorization });
        expect([method, path, status, body.code]).toEqual([method, path, 405, 'METHOD_NOT_ALLOWED']);
        const allowed = headers.get('allow')?.split(', ');
        expect(allowed).toEqual(
          expect.arrayContaining(found.flatMap((each) => (each.path === path ? [each.method] : []))),
        );
        expect(allowed).not.toContain(method);
      }
    }
  });

  it('says the truth: every example, sent in its order, gets the answer that it names, in the form that it documents', async () => {
    for (const { operationId, method, path, responses, 'x-examples': examples = [] } of operationsOf(document)) {
      for (const example of examples) {
        const { status, body, headers } = await answerOf(method, path, example);
        const what = [operationId, example.summary];
        expect([...what, status, status === example.status ? '' : body]).toEqual([...what, example.status, '']);

        const type = headers.get('content-type')?.replace(/;.*/, '');
        const content = responses[status]?.content;
        expect([...what, type]).toEqual([...what, content && Object.keys(content)[0]]);
        const schema = content?.[String(type)]?.schema;
        if (type?.includes('json')) {
          const issues = schema && readSchema(document, schema).safeParse(body).error?.issues;
          expect([...what, schema, issues]).toEqual([...what, expect.anything(), undefined]);
        }
        for (const [name, way] of Object.entries(example.keep ?? {})) {
          kept.set(name, String(way.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], body)));
        }
      }
    }
  });
});
