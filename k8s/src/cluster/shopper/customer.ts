import { setTimeout as sleep } from 'node:timers/promises';
import type { Call, Order, Reply, Send } from './client';
import { addTo, findWrongLines, findWrongOrders, type Expectation } from './compare';

export interface Shop {
  readonly send: Send;
  readonly items: readonly string[];
  reportViolation(what: string): void;
  reportSold(order: Order): void;
  /** The customer does not know whether the checkout succeeded. */
  reportUnknown(token: string): void;
}

/** What a customer repeats until it succeeds, and for how long. */
const patienceMs = 60_000;
const pauseBetweenTriesMs = 300;
const removalPollMs = 2_000;

/** A customer who starts a session, adds items, reads the cart and, every second one, pays. */
export async function visit(shop: Shop, number: number): Promise<void> {
  const { send } = shop;
  const token = await startSession(shop, number);
  if (token === undefined) return;
  await send({ kind: 'catalogue', method: 'GET', path: '/inventory/items?limit=20' });

  const acknowledged = new Map<string, number>();
  const possible = new Map<string, number>();
  const expected = { acknowledged, possible };
  for (let add = 0; add < 2 + (number % 3); add++) {
    const id = shop.items[(number + add) % shop.items.length] ?? '';
    const { status } = await addItem(send, token, id, (number + add) % 2 === 0 ? `add-${number}-${add}` : undefined);
    if (status === 201) addTo(acknowledged, id);
    else if (status === 0 || status >= 500) addTo(possible, id);
  }

  const cart = await repeat(send, { kind: 'cart', method: 'GET', path: '/Cart', token });
  if (cart.status !== 200) return;
  for (const wrong of findWrongLines(cart.body.cart ?? [], expected)) shop.reportViolation(`cart, ${wrong}`);
  if (number % 2 === 0 && acknowledged.size > 0) await checkOut(shop, token, number, expected);
}

/** Every tenth customer creates an account. */
async function startSession({ send }: Shop, number: number): Promise<string | undefined> {
  const guest = await repeat(send, { kind: 'guest', method: 'POST', path: '/auth/guest', body: {} });
  const { userToken, refreshToken } = guest.body;
  if (guest.status !== 201 || number % 10 !== 0) return userToken;
  const email = `shopper-${Date.now()}-${number}@store.example`;
  const body = { email, password: 'four badgers in a sett', guestRefreshToken: refreshToken };
  const user = await repeat(send, { kind: 'register', method: 'POST', path: '/auth/register', body });
  return user.status === 201 ? user.body.userToken : undefined;
}

/** Only an add with an idempotency key may be repeated. */
function addItem(send: Send, token: string, id: string, idempotencyKey: string | undefined): Promise<Reply> {
  const call: Call = {
    kind: 'add',
    method: 'POST',
    path: '/Cart/Item',
    token,
    body: { id, quantity: 1 },
    idempotencyKey,
  };
  return idempotencyKey === undefined ? send(call) : repeat(send, call);
}

async function checkOut(shop: Shop, token: string, number: number, expected: Expectation): Promise<void> {
  const { send } = shop;
  const { status, body } = await repeat(send, {
    kind: 'checkout',
    method: 'PATCH',
    path: '/Cart/checkout',
    token,
    body: { payment: { method: 'test', token: 'approve' } },
    idempotencyKey: `checkout-${number}`,
  });
  if (body.code === 'EMPTY_CART') shop.reportViolation('the cart was empty at the checkout');
  if (status !== 200 || !body.order) {
    shop.reportUnknown(token);
    return;
  }
  const { order } = body;
  shop.reportSold(order);
  const orders = await repeat(send, { kind: 'orders', method: 'GET', path: '/orders', token });
  if (orders.status === 200)
    for (const wrong of findWrongOrders(orders.body.orders ?? [], order, expected)) shop.reportViolation(wrong);
  for (const wrong of await awaitRemoval(send, token, expected.possible))
    shop.reportViolation(`cart after the checkout, ${wrong}`);
}

/** The sweeper removes what was bought from the cart if Redis was unavailable at the end of the checkout. */
async function awaitRemoval(send: Send, token: string, possible: Expectation['possible']): Promise<string[]> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const cart = await repeat(send, { kind: 'cart', method: 'GET', path: '/Cart', token });
    if (cart.status !== 200) return [];
    const wrong = findWrongLines(cart.body.cart ?? [], { acknowledged: new Map(), possible });
    if (wrong.length === 0 || Date.now() > end) return wrong;
    await sleep(removalPollMs);
  }
}

/** Repeats a call that may succeed later. A checkout may still be in progress if the outcome of an earlier try is unknown. */
export async function repeat(send: Send, call: Call): Promise<Reply> {
  const end = Date.now() + patienceMs;
  for (let tries = 0; ; tries++) {
    const reply = await send(tries > 0 && call.kind === 'checkout' ? { ...call, expected: [200, 409] } : call);
    const { status, body } = reply;
    const mayPass = status === 0 || status === 429 || status >= 500 || body.code === 'CHECKOUT_IN_PROGRESS';
    if (!mayPass || Date.now() > end) return reply;
    await sleep(pauseBetweenTriesMs * (0.5 + Math.random()));
  }
}
