import type { Stack } from '@badger-store/stack';
import { operations, problem, type Example } from '@badger-store/store-api';
import { send } from '../support/customer';
import { openShop } from '../support/shop';

interface DocumentedOperation {
  readonly operationId: string;
  readonly 'x-examples'?: readonly Example[];
}

let shop: Stack;
const kept = new Map<string, string>();
beforeAll(async () => {
  shop = await openShop();
  kept.set('store', shop.url);
});
afterAll(() => shop.stop());

const filled = (template: unknown): unknown =>
  JSON.parse(
    JSON.stringify(template).replace(/\{\{(\w+)\}\}/g, (_all, name: string) => kept.get(name) ?? `no ${name}`),
  );

/** The document as the running store serves it, not as the code has it. */
async function documented(): Promise<{ method: string; path: string; operation: DocumentedOperation }[]> {
  const { body } = await send(shop.url, 'GET', '/openapi.json');
  const paths = body.paths as Record<string, Record<string, DocumentedOperation>>;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );
}

async function answerOf(method: string, template: string, example: Example) {
  const { path = {}, query = {}, headers = {}, body } = filled(example) as Example;
  const address = template.replace(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(path[name] ?? ''));
  const search = new URLSearchParams(query).toString();
  return send(shop.url, method.toUpperCase(), `${address}${search && `?${search}`}`, body, headers);
}

describe('the description of the API', () => {
  it('has every operation of the store, each with an example', async () => {
    const found = await documented();
    expect(found.map(({ operation }) => operation.operationId).sort()).toEqual(operations.map(({ id }) => id).sort());
    for (const { operation } of found) expect(operation['x-examples']?.length).toBeGreaterThan(0);
  });

  it('says the truth: every example of it gets the answer that it names, in the form that it documents', async () => {
    const found = await documented();
    let sent = 0;
    // Paths group what the list of operations has in the order in which it can be sent.
    for (const { id, answer: promised } of operations) {
      const { method, path, operation } = found.find((each) => each.operation.operationId === id) ?? fail(id);
      for (const example of operation['x-examples'] ?? []) {
        const { status, body, headers } = await answerOf(method, path, example);
        expect([id, example.summary, status, status === example.status ? '' : body]).toEqual([
          id,
          example.summary,
          example.status,
          '',
        ]);
        const form = status < 400 ? promised.schema : problem;
        const type = status < 400 ? (promised.type ?? 'application/json') : 'application/problem+json';
        if (form ?? promised.type)
          expect(headers.get('content-type')).toMatch(new RegExp(`^${type.replace('+', '\\+')}`));
        expect([id, form?.safeParse(body).error?.issues]).toEqual([id, undefined]);
        for (const [name, way] of Object.entries(example.keep ?? {})) {
          kept.set(name, String(way.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], body)));
        }
        sent += 1;
      }
    }
    expect(sent).toBeGreaterThan(40);
  });
});

function fail(id: string): never {
  throw new Error(`${id} is not in the document`);
}
