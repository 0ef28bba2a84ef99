import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveLocally } from '@badger-store/test-kit';
import { createStripeBooks, type Params, type StripeOperation, type StripeReply } from './stripe-books';
import { parseForm } from './stripe-form';

/**
 * How a call fails. Without effect: no response (`hang`), or the given response. After its effect: no response (`late`), a 500
 * (`fail-after`), or a closed connection (`cut-after`).
 */
export type StripeFault = 'hang' | 'late' | 'fail-after' | 'cut-after' | StripeReply;

interface Request {
  readonly operation: StripeOperation;
  readonly id: string;
  readonly params: Params;
}

const workMs = 5;

/**
 * A local server that follows Stripe's published API for the calls that the store makes: form-encoded bodies, bearer keys,
 * idempotency keys, one call at a time for each PaymentIntent, and what `createStripeBooks` knows of payments.
 */
export async function startStripeServer(secretKey: string) {
  const books = createStripeBooks();
  const kept = new Map<string, { request: string; reply?: StripeReply }>();
  const busy = new Map<string, Promise<unknown>>();
  const faults: [StripeOperation, StripeFault][] = [];
  const calls: StripeOperation[] = [];
  const unanswered: ServerResponse[] = [];

  const carryOut = ({ operation, id, params }: Request): StripeReply =>
    operation === 'create' ? books.create(params) : books.carryOut(operation, id, params);

  /** https://docs.stripe.com/api/idempotent_requests: the first response is kept, errors included. */
  const once = async (key: string | undefined, request: Request, work: () => Promise<StripeReply>) => {
    if (key === undefined || request.operation === 'retrieve') return work();
    const asked = JSON.stringify(request);
    const before = kept.get(key);
    if (before && before.request !== asked) return failed(400, { type: 'idempotency_error' });
    if (before?.reply) return before.reply;
    if (before) return failed(409, { type: 'invalid_request_error', code: 'idempotency_key_in_use' });
    kept.set(key, { request: asked });
    const reply = await work();
    kept.set(key, { request: asked, reply });
    return reply;
  };

  const alone = async (id: string, work: () => StripeReply): Promise<StripeReply> => {
    const turn = (busy.get(id) ?? Promise.resolve()).then(() => sleep(workMs)).then(work);
    if (id) busy.set(id, turn);
    return turn;
  };

  const respond = async (req: IncomingMessage, res: ServerResponse) => {
    const [path = '', query = ''] = (req.url ?? '').split('?');
    const params = parseForm(query || (await text(req)));
    const request = toRequest(req.method, path, params);
    if (!request) return send(res, failed(404, { type: 'invalid_request_error' }));
    calls.push(request.operation);
    if (req.headers.authorization !== `Bearer ${secretKey}`) {
      return send(res, failed(401, { type: 'invalid_request_error', message: 'Invalid API Key provided' }));
    }

    const found = faults.findIndex(([operation]) => operation === request.operation);
    const fault = found < 0 ? undefined : faults.splice(found, 1)[0]?.[1];
    if (fault === 'hang') return unanswered.push(res);
    if (typeof fault === 'object') return send(res, fault);
    const reply = await once(req.headers['idempotency-key'] as string | undefined, request, async () => {
      const carriedOut = await alone(request.id, () => carryOut(request));
      return fault === 'fail-after' ? failed(500, { type: 'api_error' }) : carriedOut;
    });
    if (fault === 'late') return unanswered.push(res);
    if (fault === 'cut-after') return res.destroy();
    send(res, reply);
  };

  const server = await serveLocally((req, res) => void respond(req, res));
  return {
    url: server.url,
    close: server.close,
    books,
    /** Which calls came in, the oldest first. */
    calls,
    /** Has the next calls of that kind go wrong. */
    fail: (operation: StripeOperation, fault: StripeFault, times = 1) =>
      void faults.push(...Array.from({ length: times }, () => [operation, fault] as [StripeOperation, StripeFault])),
    /** Cuts off the calls that were left without a response. */
    dropUnanswered: () => unanswered.splice(0).forEach((res) => res.destroy()),
    /** Forgets the keys, as Stripe may after 24 h. */
    forgetKeys: () => kept.clear(),
  };
}

export type StripeServer = Awaited<ReturnType<typeof startStripeServer>>;

function toRequest(method: string | undefined, path: string, params: Params): Request | undefined {
  if (path === '/v1/refunds') return { operation: 'refund', id: String(params.payment_intent), params };
  const [, id = '', action] = /^\/v1\/payment_intents(?:\/(\w+)(?:\/(confirm|cancel))?)?$/.exec(path) ?? [undefined];
  if (!path.startsWith('/v1/payment_intents') || (method === 'GET' && action)) return undefined;
  if (method === 'GET') return { operation: 'retrieve', id, params };
  return { operation: (action as 'confirm' | 'cancel') ?? (id ? 'update' : 'create'), id, params };
}

function failed(status: number, error: object): StripeReply {
  return { status, body: { error: { message: 'As Stripe says it.', ...error } } };
}

function send(res: ServerResponse, { status, body }: StripeReply): void {
  // Stripe advises against repeating a 500: the key would only bring the same response again.
  const headers = status === 500 ? { 'Stripe-Should-Retry': 'false' } : {};
  res.writeHead(status, { 'Content-Type': 'application/json', 'Request-Id': 'req_local', ...headers });
  res.end(JSON.stringify(body));
}
