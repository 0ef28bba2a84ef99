import { QueryClient } from '@tanstack/react-query';
import { createApi, withUserToken } from './api/client';
import { ApiProblem, hasCode, unwrap } from './api/problem';
import { createRequestLog } from './api/request-log';
import { createTransport } from './api/transport';
import { createCartQueue, isAdd, type CartServer, type Change, type ServerCart } from './cart/cart-queue';
import { createPayment } from './checkout/payment-attempt';
import { createSession } from './session/session';

const newKey = () => crypto.randomUUID();
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export const requestLog = createRequestLog();
const transport = createTransport({ log: requestLog, fetch: (request) => fetch(request), sleep });

/** What anybody may ask. */
export const openApi = createApi(location.origin, transport);

export const session = createSession(openApi);

/** What the session may ask. */
export const api = createApi(location.origin, withUserToken(transport, session));

const cartChannel = new BroadcastChannel('badger-store.cart');

const toCart = (body: { cart: ServerCart['lines'] }, response: Response): ServerCart => ({
  lines: body.cart,
  etag: response.headers.get('ETag') ?? undefined,
});

const cartServer: CartServer = {
  async read() {
    if ((await session.token()) === undefined) return { lines: [] };
    const result = await api.GET('/Cart');
    return toCart(unwrap(result), result.response);
  },
  async send(change, cart) {
    try {
      return await sendChange(change, cart);
    } catch (error) {
      if (!hasCode(error, 'INVALID_TOKEN', 'NO_TOKEN')) throw error;
      // The session has ended elsewhere: what is added now is for the cart of a guest.
      return sendChange(change, cart);
    }
  },
};

async function sendChange(change: Change, { etag }: ServerCart): Promise<ServerCart> {
  await session.ensure();
  const { id, key, target = 0 } = change;
  const path = { id };
  if (isAdd(change)) {
    const quantity = Number(change.difference);
    const header = { 'Idempotency-Key': key };
    const result = await api.POST('/Cart/Item', { params: { header }, body: { id, quantity } });
    return toCart(unwrap(result), result.response);
  }
  if (change.difference === 'remove') {
    const result = await api.DELETE('/Cart/Item/{id}', { params: { path } });
    return toCart(unwrap(result), result.response);
  }
  const headers: Record<string, string> = etag === undefined ? {} : { 'If-Match': etag };
  const result = await api.PATCH('/Cart/Item/{id}', { params: { path }, body: { quantity: target }, headers });
  return toCart(unwrap(result), result.response);
}

export const cart = createCartQueue({
  server: cartServer,
  storage: sessionStorage,
  newKey,
  sleep,
  onChanged: (changed) => cartChannel.postMessage(changed),
});
cartChannel.addEventListener('message', ({ data }) => cart.take(data as ServerCart));

export const payment = createPayment({
  async pay({ key, request }) {
    const result = await api.PATCH('/Cart/checkout', { params: { header: { 'Idempotency-Key': key } }, body: request });
    return unwrap(result).order;
  },
  storage: sessionStorage,
  newKey,
  sleep,
});

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (failures, error) => failures < 2 && !(error instanceof ApiProblem && error.status < 500),
    },
  },
});

/** Restores what a reload interrupted, and keeps the page in step with the browser and the other tabs. */
export async function openShop(): Promise<void> {
  let user: string | undefined;
  session.subscribe(() => {
    const { status, email } = session.read();
    const now = `${status} ${email}`;
    if (status === 'restoring' || now === user) return;
    user = now;
    void cart.refresh();
    void queryClient.invalidateQueries();
  });
  const look = () => void (document.visibilityState === 'visible' && cart.refresh());
  document.addEventListener('visibilitychange', look);
  addEventListener('focus', look);
  addEventListener('online', look);
  await session.restore();
  await cart.run();
}

export const isNotFound = (error: unknown) => hasCode(error, 'ITEM_NOT_FOUND', 'ORDER_NOT_FOUND');
