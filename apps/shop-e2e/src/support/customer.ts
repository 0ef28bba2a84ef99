import { findFault } from './check-response';

export interface StoreResponse {
  readonly status: number;
  readonly headers: Headers;
  // The black box may respond with anything; what a story expects of it, it asserts.
  readonly body: Body;
}

export interface Body {
  readonly [name: string]: unknown;
  readonly code?: string;
  readonly orderId?: string;
  readonly lines?: unknown[];
  readonly cart?: { id: string; quantity: number }[];
  readonly order?: OrderBody;
  readonly orders?: OrderBody[];
  readonly items?: {
    id: string;
    name: string;
    category: string;
    price: { amount: number };
    available: number;
    imageUrl: string;
  }[];
  readonly errors?: { path: string; message: string }[];
}

export interface OrderBody {
  readonly id: string;
  readonly status: string;
  readonly lines: { id: string; quantity: number }[];
  readonly total: { amount: number; currency: string };
}

export interface Customer {
  readonly token: string;
  readonly id: string;
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<StoreResponse>;
  add(id: string, quantity?: number): Promise<StoreResponse>;
  pay(token: string): Promise<StoreResponse>;
}

/** Throws when the response is not as the OpenAPI document says. */
export async function send(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<StoreResponse> {
  const response = await fetch(url + path, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    signal: AbortSignal.timeout(20_000),
  });
  const text = await response.text();
  const json = response.headers.get('content-type')?.includes('json') ? (JSON.parse(text) as Body) : { text };
  const fault = findFault(method, path, response, json);
  if (fault) throw new Error(`${method} ${path}: ${fault}`);
  return { status: response.status, headers: response.headers, body: json };
}

/** A guest whose session started from this origin; a first-party one by default. */
export async function newGuest(url: string, origin: string | null = url): Promise<Customer> {
  const from: Record<string, string> = origin === null ? {} : { origin };
  const { body } = await send(url, 'POST', '/auth/guest', undefined, from);
  const token = String(body.userToken);
  const authorization = `Bearer ${token}`;
  const sendAs: Customer['send'] = (method, path, content, headers = {}) =>
    send(url, method, path, content, { authorization, ...headers });
  return {
    token,
    id: (body.user as { id: string }).id,
    send: sendAs,
    add: (id, quantity) => sendAs('POST', '/Cart/Item', { id, quantity }),
    pay: (paymentToken) =>
      sendAs('PATCH', '/Cart/checkout', { payment: { method: 'test', token: paymentToken } }, { origin: url }),
  };
}
