import * as fc from 'fast-check';
import type { CheckoutRecord, MergeRule } from '../index';
import type { CartOperation } from '../testing/cart-operations';
import { orderInProgress } from '../testing/order-in-progress';
import type { Side } from './model-side';

type Command = fc.AsyncCommand<Side, Side>;

const users = ['guest', 'user', 'other'];
export const executed = { commands: 0 };

const getResponse = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    (value) => ({ value }),
    (error: { code?: string }) => ({ code: error.code ?? String(error) }),
  );

/** Runs the same on both sides; afterwards every cart is the same on both, and outlives its open checkout. */
const command = <Input extends { client: number }>(
  name: string,
  inputs: fc.Arbitrary<Input>,
  run: (side: Side, input: Input) => Promise<unknown>,
  isPossible: (model: Side) => boolean = () => true,
): fc.Arbitrary<Command> =>
  inputs.map((input) => ({
    check: (model) => isPossible(model as Side),
    async run(model, redis) {
      expect(redis.normalize(await getResponse(run(redis, input)))).toEqual(
        model.normalize(await getResponse(run(model, input))),
      );
      for (const user of users) {
        const found = await redis.look(input.client + 1, user);
        expect(found).toEqual(await model.look(input.client + 1, user));
        expect(found.outlivesLock).toBe(true);
      }
      executed.commands += 1;
    },
    toString: () => `${name}${JSON.stringify(input)}`,
  }));

/** Mostly the same few, so that what one command did matters to the next. */
const who = { user: fc.constantFrom('user', 'user', 'user', 'user', 'guest', 'guest', 'other'), client: fc.nat(2) };
const id = fc.constantFrom('a', 'a', 'a', 'b', 'b', 'c', 'd');
const line = { id, quantity: fc.integer({ min: 1, max: 5 }) };
const newQuantity = fc.integer({ min: 1, max: 10 });
const idempotencyKey = fc.option(fc.constantFrom('x', 'y', 'z'), { nil: undefined });
const lines = fc.uniqueArray(
  fc.record({ id, quantity: newQuantity, data: fc.option(fc.constantFrom('red', 'blue'), { nil: undefined }) }),
  { selector: ({ id }) => id, maxLength: 4 },
);
const data = fc.option(fc.constantFrom(null, 'red', 'blue', { size: 1 }), { nil: undefined });
const which = fc.constantFrom(
  'none' as const,
  'none' as const,
  'none' as const,
  'present' as const,
  'earlier' as const,
);
const rule = fc.constantFrom<MergeRule>('sum', 'max', 'replace');
const known = fc.constantFrom('unknown' as const, 'none' as const, 'record' as const);
const pick = fc.nat(5);

/** What a caller's record says: a checkout that is open, `null` for none, or nothing at all. */
function openCheckout(
  side: Side,
  { user, known, pick }: { user: string; known: 'unknown' | 'none' | 'record'; pick: number },
): CheckoutRecord | null | undefined {
  if (known === 'unknown') return undefined;
  const open = side.checkouts.filter((it) => it.user === user && it.state === 'open');
  return known === 'record' && open.length > 0 ? open[pick % open.length]?.record : null;
}

/** The compiler names an operation that is missing here. */
const operations: Record<CartOperation, fc.Arbitrary<Command>> = {
  get: command('get', fc.record(who), (side, { client, user }) => side.cache(client).get(side.token(user))),
  getCart: command('getCart', fc.record(who), (side, { client, user }) => side.cache(client).getCart(side.token(user))),
  add: command(
    'add',
    fc.record({ ...who, ...line, idempotencyKey, data, which }),
    (side, { client, user, id, quantity, idempotencyKey, data, which }) =>
      side
        .cache(client)
        .add(side.token(user), id, quantity, { idempotencyKey, data, ifVersion: side.ifVersion(user, which) }),
  ),
  addQuantity: command(
    'addQuantity',
    fc.record({ ...who, ...line, idempotencyKey }),
    (side, { client, user, id, quantity, idempotencyKey }) =>
      side.cache(client).addQuantity(side.token(user), id, quantity, { idempotencyKey }),
  ),
  set: command('set', fc.record({ ...who, lines, which }), (side, { client, user, lines, which }) =>
    side.cache(client).set(side.token(user), lines, { ifVersion: side.ifVersion(user, which) }),
  ),
  setLine: command(
    'setLine',
    fc.record({ ...who, id, quantity: fc.option(newQuantity, { nil: undefined }), data, which }),
    (side, { client, user, id, quantity, data, which }) =>
      side.cache(client).setLine(side.token(user), id, { quantity, data }, { ifVersion: side.ifVersion(user, which) }),
  ),
  remove: command('remove', fc.record({ ...who, id, which }), (side, { client, user, id, which }) =>
    side.cache(client).remove(side.token(user), id, { ifVersion: side.ifVersion(user, which) }),
  ),
  clear: command('clear', fc.record({ ...who, which }), (side, { client, user, which }) =>
    side.cache(client).clear(side.token(user), { ifVersion: side.ifVersion(user, which) }),
  ),
  update: command(
    'update',
    fc.record({ ...who, lines: fc.option(lines, { nil: undefined }), data, which }),
    (side, { client, user, lines, data, which }) =>
      side.cache(client).update(side.token(user), { lines, data }, { ifVersion: side.ifVersion(user, which) }),
  ),
  move: command(
    'move',
    fc.record({ ...who, id, into: fc.constantFrom(...users) }),
    (side, { client, user, id, into }) => side.cache(client).move(side.token(user), id, side.token(into)),
  ),
  delete: command('delete', fc.record(who), (side, { client, user }) => side.cache(client).delete(side.token(user))),
  merge: command(
    'merge',
    fc.record({ ...who, into: fc.constantFrom(...users), rule }),
    (side, { client, user, into, rule }) => side.cache(client).merge(side.token(user), side.token(into), { rule }),
  ),
  checkout: command('checkout', fc.record({ ...who, known, pick }), async (side, input) => {
    const { client, user } = input;
    const order = orderInProgress(side.cache(client), side.token(user), openCheckout(side, input));
    const started = await order.started;
    side.running.push({ checkoutId: started.checkoutId, order });
    return side.begin(user, started);
  }),
  withCheckoutLock: command(
    'withCheckoutLock',
    fc.record({ ...who, known, pick, end: fc.constantFrom('release' as const, 'complete' as const, 'keep' as const) }),
    (side, input) =>
      side.cache(input.client).withCheckoutLock(
        side.token(input.user),
        async (lock) => {
          const started = side.begin(input.user, lock);
          if (input.end === 'release') await lock.release();
          if (input.end === 'complete') await lock.complete();
          if (input.end !== 'keep') side.end(lock.checkoutId, input.end === 'complete' ? 'completed' : 'rejected');
          return started;
        },
        { openCheckout: openCheckout(side, input) },
      ),
  ),
  completeCheckout: command(
    'completeCheckout',
    fc.record({ client: fc.nat(2), pick }),
    async (side, { client, pick }) => {
      const all = completable(side);
      const { user, record } = all[pick % all.length] as (typeof all)[number];
      const version = await side.cache(client).completeCheckout(side.token(user), record);
      side.end(record.checkoutId, 'completed');
      return side.numberFor(version);
    },
    (model) => completable(model).length > 0,
  ),
};

const completable = (side: Side) => side.checkouts.filter(({ state }) => state !== 'rejected');

const finish = command(
  'finish',
  fc.record({
    client: fc.nat(2),
    end: fc.constantFrom('complete' as const, 'complete' as const, 'reject' as const, 'fail' as const),
    pick,
  }),
  async (side, { end, pick }) => {
    const [{ checkoutId, order }] = side.running.splice(pick % side.running.length, 1) as [Side['running'][number]];
    order[end]('declined');
    const { outcome, cartError } = await order.outcome;
    if (outcome !== 'unknown') side.end(checkoutId, outcome);
    return { outcome, isCartUpdated: cartError === undefined };
  },
  (model) => model.running.length > 0,
);

const loseLock = command('loseLock', fc.record(who), async (side, { user }) => {
  await side.loseLock(user);
});

const { add, addQuantity, setLine, checkout, ...others } = operations;
const often = [add, add, addQuantity, addQuantity, setLine, checkout, checkout, checkout, finish, finish];

export const stories = fc.commands([...often, ...Object.values(others), loseLock], { maxCommands: 120, size: 'max' });
