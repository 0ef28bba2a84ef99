import type { Stack } from '@badger-store/stack';
import { newSeed, stressTest, scale } from '@badger-store/test-kit';
import fc from 'fast-check';
import { requestsWith, requestTo, type FuzzRequest, type KnownValues } from '../fuzz/arbitrary-requests';
import { checkResponse } from '../fuzz/check-response';
import { readDocument, type ApiDocument } from '../fuzz/document';
import { rawRequest, sendRaw } from '../fuzz/raw-requests';
import { createSender, toCurl } from '../fuzz/send-request';
import { newGuest, send, type Customer } from '../support/customer';
import { closeSharedShop, openSharedShop } from '../support/shop';

const requests = Number(process.env.FUZZ_REQUESTS ?? scale(2000, 50_000));
const rawRequests = Math.ceil(requests / 20);
const atOnce = 8;
const mug = 'badger-enamel-mug';
/** For a machine that is busy with other things too. */
const timeoutMs = 60_000 + requests * 60;

let shop: Stack;
let document: ApiDocument;
let guests: Customer[];
let known: KnownValues;
beforeAll(async () => {
  shop = await openSharedShop();
  document = await readDocument(shop.url);
  guests = await Promise.all(Array.from({ length: atOnce }, () => newGuest(shop.url)));
  known = await valuesHandedOut();
});
afterAll(closeSharedShop);

/** Ids and cursors as the store gives them. */
async function valuesHandedOut(): Promise<KnownValues> {
  const [guest] = guests;
  if (!guest) throw new Error('no guest');
  for (let orders = 0; orders < 2; orders += 1) {
    await guest.add(mug);
    await guest.pay('approve');
  }
  const orders = await guest.send('GET', '/orders?limit=1');
  const items = await send(shop.url, 'GET', '/inventory/items?limit=5');
  const ids = items.body.items?.map(({ id }) => id) ?? [];
  return {
    id: [...ids, ...(orders.body.orders?.map(({ id }) => id) ?? [])],
    ids: [ids.join(','), mug],
    cursor: [String(items.body.nextCursor), String(orders.body.nextCursor)],
  };
}

/** This token crashes the service, which `killed-services.story.ts` tests. */
const isSent = ({ body }: FuzzRequest) => !body?.includes('crash-after-charging');
/** These operations end the session that sends them, so each gets a new one. */
const endsSession = new Set(['signOut', 'signOutEverywhere', 'register', 'signIn']);

async function getToken({ sender, operation }: FuzzRequest, pick: number): Promise<string | undefined> {
  if (sender === 'anonymous') return undefined;
  const { token } = endsSession.has(operation.operationId)
    ? await newGuest(shop.url)
    : (guests[pick % atOnce] as Customer);
  return sender === 'guest' ? token : `${token.slice(0, -4)}AAAA`;
}

/** Runs work for each, some at a time; resolves when all is done. */
async function getForEach<Each>(
  all: readonly Each[],
  work: (each: Each, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < all.length; index = next++) await work(all[index] as Each, index);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

type Findings = ReturnType<typeof createFindings>;

/** By kind, so that one fault that many requests find is one line, with the first request that found it. */
function createFindings(seed: number) {
  const found = new Map<string, { count: number; replay: string }>();
  return {
    add(what: string, replay: string) {
      const known = found.get(what);
      found.set(what, { count: (known?.count ?? 0) + 1, replay: known?.replay ?? replay });
    },
    get report() {
      return [...found]
        .map(([what, { count, replay }]) => `${count} x ${what}\n    FC_SEED=${seed}: ${replay}`)
        .join('\n');
    },
  };
}

/** Sends them, some at a time; resolves to how often which status came. */
async function sendAll(all: readonly FuzzRequest[], findings: Findings): Promise<Record<string, number>> {
  const { send: sendOne, close } = createSender(shop.url);
  const statuses: Record<string, number> = {};
  await getForEach(all.filter(isSent), async (request, index) => {
    const token = await getToken(request, index);
    const found = (what: string) =>
      findings.add(`${request.method} ${request.operation.operationId}: ${what}`, toCurl(shop.url, request, token));
    try {
      const response = await sendOne(request, token);
      statuses[response.status] = (statuses[response.status] ?? 0) + 1;
      checkResponse(document, request, response).forEach(found);
    } catch (error) {
      found(String(error));
    }
  });
  close();
  return statuses;
}

it.each([
  ['a NUL character', '\0'],
  ['a NUL character within a word', 'bad\0ger'],
  ['a lone surrogate', '\ud83e'],
  ['a character of four bytes', '🦡'],
  ['4,000 characters', 'x'.repeat(4000)],
])(
  'every place that takes text has a valid response when it holds %s',
  async (_what, text) => {
    const findings = createFindings(1);
    await sendAll(
      document.operations.flatMap((operation) => requestsWith(text, operation, known)),
      findings,
    );
    expect(findings.report).toBe('');
  },
  60_000,
);

stressTest(
  'Requests made of the OpenAPI document, valid and mutated: each response is valid against the document, in time, and no 5xx but a documented 503',
  async () => {
    const seed = newSeed();
    const findings = createFindings(seed);
    // Passwords are hashed slowly, on purpose.
    const weight = ({ path }: { path: string }) => (path.startsWith('/auth/') ? 1 : 4);
    const anyRequest = fc.oneof(
      ...document.operations.map((operation) => ({
        weight: weight(operation),
        arbitrary: requestTo(operation, known),
      })),
    );
    const statuses = await sendAll(fc.sample(anyRequest, { numRuns: requests, seed }), findings);
    expect(findings.report).toBe('');
    expect(Object.keys(statuses)).toEqual(expect.arrayContaining(['200', '201', '204', '400', '401', '404', '415']));
    return { requests, seed };
  },
  timeoutMs,
);

stressTest(
  'Bytes on a socket that are hardly HTTP: each response is a problem or what the document has, in time, and no 5xx; the store goes on',
  async () => {
    const seed = newSeed();
    const findings = createFindings(seed);
    const address = new URL(shop.url);
    const token = guests[0]?.token ?? '';
    await getForEach(fc.sample(rawRequest(address.host, token), { numRuns: rawRequests, seed }), async (bytes) => {
      for (const wrong of await sendRaw(address, bytes)) {
        findings.add(
          wrong,
          `printf %s ${bytes.toString('base64')} | base64 -d | nc ${address.hostname} ${address.port}`,
        );
      }
    });
    expect(findings.report).toBe('');
    expect((await send(shop.url, 'GET', '/inventory/items')).status).toBe(200);
    return { requests: rawRequests, seed };
  },
  timeoutMs,
);
