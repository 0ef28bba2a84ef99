import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stack } from '@badger-store/stack';
import { examples, type Example } from '../documented/examples';
import { newGuest, send } from '../support/customer';
import { openSharedShop } from '../support/shop';

interface Documented {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string }>>>>;
}

/** What the document shows of requests and responses. */
const recordedFile = join(__dirname, '../../../../libs/store-api/src/examples.json');

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

const listOperations = ({ paths }: Documented) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, ...operation })),
  );

const fillIn = (template: unknown): unknown =>
  JSON.parse(
    JSON.stringify(template).replace(/\{\{(\w+)\}\}/g, (_all, name: string) => kept.get(name) ?? `no ${name}`),
  );

async function sendExample(method: string, template: string, example: Example) {
  const { path = {}, query = {}, headers = {}, body } = fillIn(example) as Example;
  const address = template.replace(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(path[name] ?? ''));
  const search = new URLSearchParams(query).toString();
  return send(shop.url, method, `${address}${search && `?${search}`}`, body, headers);
}

/** Replaces the values that differ between runs, by their names and forms. */
const replaceVolatile = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (name, each: unknown) => {
    if (typeof each !== 'string') return each;
    if (name === 'userToken') return 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiJnLTEifQ.c2lnbmF0dXJl';
    if (name === 'refreshToken' && each !== 'none') return 'cmVmcmVzaC10b2tlbg.c2lnbmF0dXJl';
    if (name === 'requestId') return '1b6f6a3e-2f0d-4c7a-9d53-6a3df1f0a001';
    if (name === 'orderId' || (name === 'id' && /^[0-9a-f-]{36}$/.test(each)))
      return 'bc12bb4c-4b47-47e3-9c7d-a6274537fa25';
    if (name === 'id' && /^[gu]-.{22}$/.test(each)) return `${each.slice(0, 2)}m0dWN2vLxYbq0n8CkT4bdg`;
    if (name === 'createdAt') return '2026-11-23T06:26:04.902Z';
    if (name === 'x' || name === 'y' || name === 'kid') return `${name}-of-the-key`;
    return each;
  });

describe('the OpenAPI document', () => {
  it('has an operation for each example, and an example of success for each operation', () => {
    const found = listOperations(document);
    expect(found.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(examples).sort());
    for (const { operationId } of found) {
      const statuses = examples[operationId]?.map(({ status }) => status) ?? [];
      expect([operationId, statuses.filter((status) => status < 300).length > 0]).toEqual([operationId, true]);
    }
  });

  it('has every method of a path: any other is 405, and Allow lists the methods', async () => {
    const { token } = await newGuest(shop.url);
    const found = listOperations(document);
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

  it('shows the responses that the store really gives', async () => {
    const recorded: Record<string, object[]> = {};
    for (const { operationId, method, path } of listOperations(document)) {
      for (const example of examples[operationId] ?? []) {
        const { status, body, headers } = await sendExample(method, path, example);
        const name = [operationId, example.summary];
        expect([...name, status, status === example.status ? '' : body]).toEqual([...name, example.status, '']);
        for (const [key, way] of Object.entries(example.keep ?? {})) {
          kept.set(key, String(way.reduce<unknown>((at, member) => (at as Record<string, unknown>)[member], body)));
        }
        const isShown = headers.get('content-type')?.includes('json') && operationId !== 'readOpenApi';
        (recorded[operationId] ??= []).push({
          summary: example.summary,
          status,
          ...(example.body !== undefined && { request: replaceVolatile(example.body) }),
          ...(isShown && { response: replaceVolatile(body) }),
        });
      }
    }
    if (process.env.UPDATE_EXAMPLES) writeFileSync(recordedFile, `${JSON.stringify(recorded, null, 2)}\n`);
    expect(recorded).toEqual(JSON.parse(readFileSync(recordedFile, 'utf8')));
  });
});
