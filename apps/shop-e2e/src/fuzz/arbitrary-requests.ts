import fc, { type Arbitrary } from 'fast-check';
import { hostileBody, hostileText, hostileValue, arbitraryValue } from './arbitrary-values';
import type { Operation, Parameter } from './document';

/** Which token a request has: that of a first-party guest, none, or one with a wrong signature. */
type Sender = 'guest' | 'anonymous' | 'impostor';

export interface FuzzRequest {
  readonly operation: Operation;
  readonly sender: Sender;
  readonly method: string;
  /** Path and query, as they are sent. */
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: Buffer;
}

interface Draft {
  method: string;
  path: string;
  pathValues: Record<string, string>;
  query: [string, string][];
  headers: [string, string][];
  body?: unknown;
  rawBody?: Buffer;
}

/** Values that the store has handed out: half of what the document calls by these names. */
export type KnownValues = Readonly<Record<string, readonly string[]>>;

/** Requests to an operation: valid by the document, or with up to three mutations. */
export function requestTo(operation: Operation, known: KnownValues): Arbitrary<FuzzRequest> {
  const sender = fc.oneof(
    { weight: 8, arbitrary: fc.constant<Sender>('guest') },
    { weight: 1, arbitrary: fc.constantFrom<Sender>('anonymous', 'impostor') },
  );
  const mutations = fc.oneof(
    { weight: 1, arbitrary: fc.constant([]) },
    { weight: 3, arbitrary: fc.array(getMutation(operation), { minLength: 1, maxLength: 3 }) },
  );
  return fc.tuple(validDraft(operation, known), mutations, sender).map(([draft, changes, from]) => {
    for (const change of changes) change(draft);
    return { operation, sender: from, ...toRequest(draft) };
  });
}

/** A request for each place of an operation that takes text, with that text in the place and the rest valid. */
export function requestsWith(text: string, operation: Operation, known: KnownValues): FuzzRequest[] {
  const [draft] = fc.sample(validDraft(operation, known), { numRuns: 1, seed: 1 });
  if (!draft) return [];
  const inPlace = ({ name, in: place }: Parameter): Draft => {
    if (place === 'path') return { ...draft, pathValues: { ...draft.pathValues, [name]: text } };
    if (place === 'query') return { ...draft, query: [[name, text]] };
    return { ...draft, headers: [[name, text]] };
  };
  const bodySchema = operation.requestBody?.content['application/json']?.schema;
  const members = Object.keys((bodySchema?.properties ?? {}) as object);
  return [
    ...operation.parameters.map(inPlace),
    ...members.map((name) => ({ ...draft, body: { ...(draft.body as object), [name]: text } })),
    { ...draft, query: [['unknown', text] as [string, string]] },
  ].map((each) => ({ operation, sender: 'guest', ...toRequest(each) }));
}

function validDraft(operation: Operation, known: KnownValues): Arbitrary<Draft> {
  const valuesIn = (place: Parameter['in']) => {
    const parameters = operation.parameters.filter((each) => each.in === place);
    const values = parameters.map(({ name, schema }) => [name, parameterValue(name, schema, known)] as const);
    const requiredKeys = parameters.filter(({ required }) => required).map(({ name }) => name);
    return fc.record(Object.fromEntries(values), { requiredKeys, noNullPrototype: true });
  };
  const schema = operation.requestBody?.content['application/json']?.schema;
  const body = schema ? arbitraryValue(schema).map((value) => withKnownId(value, known)) : fc.constant(undefined);
  return fc
    .record({ path: valuesIn('path'), query: valuesIn('query'), header: valuesIn('header'), body })
    .map((parts) => ({
      method: operation.method,
      path: operation.path,
      pathValues: parts.path as Record<string, string>,
      query: Object.entries(parts.query as Record<string, string>),
      headers: [...Object.entries(parts.header as Record<string, string>)],
      body: parts.body,
    }));
}

function parameterValue(name: string, schema: object, known: KnownValues): Arbitrary<string> {
  const made = arbitraryValue(schema as Parameter['schema']).map(String);
  const handedOut = known[name] ?? [];
  return handedOut.length > 0 ? fc.oneof(fc.constantFrom(...handedOut), made) : made;
}

/** Random ids are of no item; with those that are, the cart fills. */
function withKnownId(body: unknown, known: KnownValues): unknown {
  const isLine = typeof body === 'object' && body !== null && 'id' in body;
  const ids = known.id ?? [];
  const pick = isLine ? String(body.id).length % ids.length : 0;
  return isLine ? { ...body, id: ids[pick] } : body;
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY', 'PURGE'];
const mediaTypes = [
  ...[
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json; charset=utf-16',
  ],
  ...[
    'application/json; charset=nonsense',
    'application/json;charset=UTF-8',
    'APPLICATION/JSON',
    'application/json-seq',
    'json',
    ';',
    'application/merge-patch+json',
  ],
];
const headerNames = [
  ...[
    'Accept',
    'Accept-Encoding',
    'Accept-Language',
    'Authorization',
    'Cookie',
    'Idempotency-Key',
    'If-Match',
    'If-Modified-Since',
    'If-None-Match',
  ],
  ...[
    'Origin',
    'Range',
    'Sec-Fetch-Site',
    'X-Api-Key',
    'X-Forwarded-For',
    'X-Http-Method-Override',
    'X-Request-Id',
    'traceparent',
    'tracestate',
  ],
  ...[
    'Access-Control-Request-Method',
    'Access-Control-Request-Headers',
    'Forwarded',
    'Via',
    'Referer',
    'User-Agent',
    'X-User-Id',
  ],
];
const headerValues = fc.oneof(
  hostileText,
  fc.constantFrom(
    '*',
    '*/*',
    'text/html',
    'application/xml;q=0',
    'gzip, br;q=0',
    'identity;q=0, *;q=0',
    'bytes=0-',
    'bytes=9-1',
    '"a", W/"b"',
    'null',
  ),
  fc.constantFrom(
    'Bearer',
    'Bearer ',
    'Bearer a.b.c',
    'Basic eDp5',
    '__Host-refresh=x',
    'a=b; a=b',
    '127.0.0.1',
    'GET',
    'x-a, x-b',
    'Thu, 01 Jan 1970 00:00:00 GMT',
  ),
  fc.constantFrom(
    '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    '00-0-0-0',
    'https://elsewhere.example',
    'http://localhost:3000',
  ),
);

type Mutation = (draft: Draft) => void;
const by = <Value>(values: Arbitrary<Value>, change: (draft: Draft, value: Value) => void): Arbitrary<Mutation> =>
  values.map((value) => (draft: Draft) => change(draft, value));
const indexed = <Value>(values: Arbitrary<Value>) => fc.tuple(fc.nat({ max: 99 }), values);

const bodyMutation = fc.oneof(
  {
    weight: 3,
    arbitrary: by(indexed(hostileValue), (draft, [at, value]) => (draft.body = replacedAt(draft.body, at, value))),
  },
  by(indexed(fc.constant(undefined)), (draft, [at]) => (draft.body = replacedAt(draft.body, at, undefined))),
  by(fc.tuple(hostileText, hostileValue), (draft, [name, value]) => {
    draft.body = Object.defineProperty({ ...(draft.body as object) }, name, { value, enumerable: true });
  }),
  by(hostileBody, (draft, bytes) => (draft.rawBody = bytes)),
  by(fc.constantFrom(...mediaTypes), (draft, type) => draft.headers.push(['Content-Type', type])),
  by(fc.constantFrom('gzip', 'br', 'identity', 'nonsense', 'gzip, gzip'), (draft, coding) =>
    draft.headers.push(['Content-Encoding', coding]),
  ),
);

const queryMutation = (names: readonly string[]) =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: by(fc.tuple(fc.constantFrom(...names), hostileText), (draft, [name, text]) => {
        draft.query = [...draft.query.filter(([known]) => known !== name), [name, text]];
      }),
    },
    by(fc.tuple(fc.constantFrom(...names), hostileText), (draft, parameter) => draft.query.push(parameter)),
  );

const pathMutation = by(indexed(hostileText), (draft, [at, text]) => {
  const names = Object.keys(draft.pathValues);
  const name = names[at % names.length];
  if (name !== undefined) draft.pathValues[name] = text;
});

const addressMutation = fc.oneof(
  by(
    fc.constantFrom('/', '//', '/.', '/..', '/%2e%2e/', '%2f', '%', '%zz', '%00', '%ed%a0%80', '?', '??', ';a=b', '/x'),
    (draft, end) => (draft.path += end),
  ),
  by(
    fc.constantFrom(
      (path: string) => path.toLowerCase(),
      (path: string) => path.toUpperCase(),
      (path: string) => `/${path}`,
    ),
    (draft, change) => (draft.path = change(draft.path)),
  ),
  by(fc.tuple(hostileText, hostileText), (draft, parameter) => draft.query.push(parameter)),
  by(fc.constantFrom(...methods), (draft, method) => (draft.method = method)),
  by(hostileBody, (draft, bytes) => (draft.rawBody = bytes)),
);

/** Mutations of the parts that the operation has; text that a part holds is the likeliest to be hostile. */
function getMutation({ requestBody, parameters }: Operation): Arbitrary<Mutation> {
  const namesIn = (place: Parameter['in']) => parameters.filter((each) => each.in === place).map(({ name }) => name);
  const header = fc.tuple(fc.constantFrom(...namesIn('header'), ...headerNames), headerValues);
  const choices: { weight: number; arbitrary: Arbitrary<Mutation> }[] = [
    { weight: 2, arbitrary: addressMutation },
    { weight: 2, arbitrary: by(header, (draft, each) => draft.headers.push(each)) },
  ];
  if (requestBody) choices.push({ weight: 6, arbitrary: bodyMutation });
  if (namesIn('query').length > 0) choices.push({ weight: 6, arbitrary: queryMutation(namesIn('query')) });
  if (namesIn('path').length > 0) choices.push({ weight: 4, arbitrary: pathMutation });
  return fc.oneof(...choices);
}

/** The value with its n-th member, at any depth, replaced, or removed where the other one is `undefined`. */
function replacedAt(value: unknown, at: number, other: unknown): unknown {
  if (typeof value !== 'object' || value === null) return other;
  const entries = Object.entries(value);
  if (entries.length === 0) return other;
  const [name, member] = entries[at % entries.length] ?? [''];
  const inside = Math.floor(at / entries.length);
  const replaced = inside > 0 && typeof member === 'object' ? replacedAt(member, inside - 1, other) : other;
  return { ...value, [name]: replaced };
}

function toRequest({
  method,
  path,
  pathValues,
  query,
  headers,
  body,
  rawBody,
}: Draft): Omit<FuzzRequest, 'operation' | 'sender'> {
  const filled = path.replace(/\{(\w+)\}/g, (_all, name: string) => encode(pathValues[name] ?? ''));
  const search = query.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
  const content = rawBody ?? (body === undefined ? undefined : Buffer.from(JSON.stringify(body) ?? ''));
  const isTyped = headers.some(([name]) => name === 'Content-Type');
  const typed = content && !isTyped ? [['Content-Type', 'application/json'] as [string, string], ...headers] : headers;
  return {
    method,
    target: search ? `${filled}?${search}` : filled,
    headers: typed.map(([name, value]) => [name, toHeaderValue(value)] as const),
    body: content,
  };
}

/** As `encodeURIComponent`, which refuses lone surrogates: these become the bytes that some encoders make of them. */
function encode(text: string): string {
  return Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0xd800 || code > 0xdfff) return encodeURIComponent(character);
    const bytes = [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)];
    return bytes.map((byte) => `%${byte.toString(16)}`).join('');
  }).join('');
}

/** What an HTTP client lets through; the raw requests have the rest. */
const toHeaderValue = (text: string): string =>
  Buffer.from(text)
    .toString('latin1')
    .replace(/[^\t\x20-\x7e\x80-\xff]/g, '')
    .slice(0, 2000);
