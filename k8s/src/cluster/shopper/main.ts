// Runs in a pod, without packages: shops until SIGTERM, and prints each request and each violation as a line of JSON.
import { setTimeout as sleep } from 'node:timers/promises';
import { createSend, type Order, type Reply, type Send } from './client';
import { addTo, findWrongStock } from './compare';
import { repeat, visit, type Shop } from './customer';

const { BASE = '', RATE = '40' } = process.env;
/** More than wait for a response at the same time. */
const customersAtOnce = 8;
/** A new pod may be refused until the network policies know it. */
const readsBeforeStart = 10;
/** The sweeper ends open checkouts, and what inventory caches expires. */
const outcomeDeadlineMs = 90_000;
const outcomePollMs = 2_000;

const print = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`);
const stopping = new Promise<void>((resolve) => process.once('SIGTERM', () => resolve()));
let isStopping = false;
void stopping.then(() => (isStopping = true));

void run();

async function run(): Promise<void> {
  const quiet = createSend(BASE, () => undefined);
  const before = await readStockBeforeStart(quiet);
  const sold = new Map<string, number>();
  const unknown: string[] = [];
  const shop: Shop = {
    send: limitRate(createSend(BASE, print), Number(RATE)),
    items: [...before.keys()],
    reportViolation: (violation) => print({ violation, at: Date.now() }),
    reportSold: (order) => addSold(sold, order),
    reportUnknown: (token) => unknown.push(token),
  };
  print({ started: Date.now() });

  let customers = 0;
  const work = async () => {
    while (!isStopping) await visit(shop, customers++);
  };
  await Promise.all(Array.from({ length: customersAtOnce }, work));
  const paidLater = await awaitOutcomes(quiet, unknown, shop);
  for (const order of paidLater) addSold(sold, order);
  for (const wrong of await awaitStock(quiet, before, sold)) shop.reportViolation(wrong);
  print({ done: Date.now(), customers });
}

/** Sends at most this many requests a second, so that the customers do not take the CPU time of the store. */
function limitRate(send: Send, perSecond: number): Send {
  let next = 0;
  return async (call) => {
    next = Math.max(next + 1000 / perSecond, performance.now());
    await sleep(Math.max(0, next - performance.now()));
    return send(call);
  };
}

async function readStockBeforeStart(send: Send): Promise<Map<string, number>> {
  for (let good = 0; ;) {
    const reply = await readItems(send);
    good = reply.status === 200 ? good + 1 : 0;
    if (good === readsBeforeStart) return toStock(reply);
    if (isStopping) process.exit(1);
    await sleep(200);
  }
}

/** Reads the orders of customers who gave up, until none is pending. */
async function awaitOutcomes(send: Send, tokens: readonly string[], shop: Shop): Promise<Order[]> {
  const end = Date.now() + outcomeDeadlineMs;
  const paid: Order[] = [];
  for (const token of tokens) {
    for (;;) {
      const { body } = await repeat(send, { kind: 'orders', method: 'GET', path: '/orders', token });
      const orders = body.orders ?? [];
      const isPending = body.orders === undefined || orders.some(({ status }) => status === 'pending');
      if (isPending && Date.now() < end) {
        await sleep(outcomePollMs);
        continue;
      }
      if (isPending) shop.reportViolation('the outcome of a checkout stays unknown');
      const customerPaid = orders.filter(({ status }) => status === 'paid');
      if (customerPaid.length > 1) shop.reportViolation(`${customerPaid.length} paid orders of one checkout`);
      paid.push(...customerPaid);
      break;
    }
  }
  return paid;
}

async function awaitStock(send: Send, before: Map<string, number>, sold: Map<string, number>): Promise<string[]> {
  const end = Date.now() + outcomeDeadlineMs;
  for (;;) {
    const reply = await readItems(send);
    const wrong = reply.status === 200 ? findWrongStock(before, sold, toStock(reply)) : ['the stock could not be read'];
    if (wrong.length === 0 || Date.now() > end) return wrong;
    await sleep(outcomePollMs);
  }
}

function readItems(send: Send): Promise<Reply> {
  return send({ kind: 'catalogue', method: 'GET', path: '/inventory/items?limit=100' });
}

function toStock({ body }: Reply): Map<string, number> {
  return new Map((body.items ?? []).map(({ id, available }) => [id, available]));
}

function addSold(sold: Map<string, number>, { lines }: Order): void {
  for (const { id, quantity } of lines) addTo(sold, id, quantity);
}
