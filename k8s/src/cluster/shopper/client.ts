/** One request of a customer, as the shopper prints it: start in ms since 1970, kind, status (0: no response), code, ms, failed (1 or 0). */
export type CallLine = readonly [at: number, kind: Kind, status: number, code: string, ms: number, failed: 0 | 1];

export type Kind = 'guest' | 'register' | 'catalogue' | 'add' | 'cart' | 'checkout' | 'orders';

export interface Reply {
  /** 0 if no response came. */
  readonly status: number;
  readonly body: Body;
}

export interface Body {
  readonly code?: string;
  readonly userToken?: string;
  readonly refreshToken?: string;
  readonly items?: readonly { readonly id: string; readonly available: number }[];
  readonly cart?: readonly Line[];
  readonly order?: Order;
  readonly orders?: readonly Order[];
}

export interface Line {
  readonly id: string;
  readonly quantity: number;
}

export interface Order {
  readonly id: string;
  readonly status: string;
  readonly lines: readonly Line[];
}

export interface Call {
  readonly kind: Kind;
  readonly method: string;
  readonly path: string;
  readonly token?: string;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
  /** Statuses that are no failure; 200 and 201 by default. */
  readonly expected?: readonly number[];
}

export type Send = (call: Call) => Promise<Reply>;

/** As long as a browser's user waits. */
const deadlineMs = 30_000;

/** The same as in the settings of the store under test. */
const origin = 'http://localhost:3000';

export function createSend(base: string, print: (line: CallLine) => void): Send {
  return async ({ kind, method, path, token, body, idempotencyKey, expected = [200, 201] }) => {
    const at = Date.now();
    const started = performance.now();
    const headers: Record<string, string> = { origin };
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (idempotencyKey !== undefined) headers['idempotency-key'] = idempotencyKey;
    const record = (status: number, code: string) =>
      print([at, kind, status, code, Math.round(performance.now() - started), expected.includes(status) ? 0 : 1]);
    try {
      const response = await fetch(base + path, {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.timeout(deadlineMs),
      });
      const reply = parseBody(await response.text());
      record(response.status, reply.code ?? '');
      return { status: response.status, body: reply };
    } catch (error) {
      record(0, getCode(error));
      return { status: 0, body: {} };
    }
  };
}

function parseBody(text: string): Body {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return {};
  }
}

/** `fetch` has the reason in `cause`. */
function getCode(error: unknown): string {
  const { name, cause } = error as Error & { cause?: { code?: string; name?: string } };
  return cause?.code ?? cause?.name ?? name;
}
