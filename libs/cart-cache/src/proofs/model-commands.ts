import * as fc from 'fast-check';
import type { MergeRule } from '../index';
import { orderInProgress } from '../testing/order-in-progress';
import type { Answer } from './model';
import type { Story, World } from './model-world';

type Command = fc.AsyncCommand<Story, World>;

const users = ['guest', 'user', 'other'];
export const executed = { commands: 0 };

const answerOf = (call: Promise<unknown>): Promise<Answer> =>
  call.then(
    (value) => ({ value }),
    (error: { code?: string }) => ({ code: error.code ?? String(error) }),
  );

/** Runs a command on both; afterwards every cart has to be what the model says, and to outlive its open checkout. */
const command = <Input extends { client: number }>(
  name: string,
  input: Input,
  run: (story: Story, world: World) => Promise<void>,
  check: (story: Story) => boolean = () => true,
): Command => ({
  check: (story) => check(story as Story),
  async run(story, world) {
    await run(story, world);
    for (const user of users) {
      expect(await world.cache(input.client + 1).get(world.token(user))).toEqual(story.model.items(user));
      const ends = await world.ends(user);
      expect(ends.claim > 0).toBe(story.model.open(user) !== undefined);
      if (ends.claim > 0 && ends.cart > 0) expect(ends.cart).toBeGreaterThanOrEqual(ends.claim);
    }
    executed.commands += 1;
  },
  toString: () => `${name}${JSON.stringify(input)}`,
});

/** Mostly the same few, so that what one command did matters to the next. */
const who = { user: fc.constantFrom('user', 'user', 'user', 'user', 'guest', 'guest', 'other'), client: fc.nat(2) };
const id = fc.constantFrom('a', 'a', 'a', 'b', 'b', 'c', 'd');
const quantity = fc.integer({ min: 1, max: 5 });

const add = fc
  .record({
    ...who,
    id,
    quantity,
    operationId: fc.option(fc.constantFrom('x', 'y', 'z'), { nil: undefined }),
    reply: fc.constantFrom('cart' as const, 'quantity' as const),
  })
  .map((input) =>
    command('add', input, async ({ model }, world) => {
      const { user, id, quantity, operationId, reply } = input;
      const cache = world.cache(input.client);
      const call = reply === 'cart' ? cache.add : cache.addQuantity;
      expect(await answerOf(call(world.token(user), id, quantity, { operationId }))).toEqual(
        model.add(user, { id, quantity }, operationId, reply),
      );
    }),
  );

const set = fc
  .record({
    ...who,
    items: fc.uniqueArray(fc.record({ id, quantity: fc.integer({ min: 1, max: 10 }) }), {
      selector: ({ id }) => id,
      maxLength: 4,
    }),
  })
  .map((input) =>
    command('set', input, async ({ model }, world) => {
      const { user, items } = input;
      const token = world.token(user);
      const call =
        items.length === 0 ? world.cache(input.client).clear(token) : world.cache(input.client).set(token, items);
      expect(await answerOf(call)).toEqual(model.set(user, items));
    }),
  );

const setQuantity = fc.record({ ...who, id, quantity: fc.integer({ min: 0, max: 10 }) }).map((input) =>
  command('setQuantity', input, async ({ model }, world) => {
    const { user, id, quantity } = input;
    const cache = world.cache(input.client);
    const token = world.token(user);
    const call = quantity === 0 ? cache.remove(token, id) : cache.setQuantity(token, id, quantity);
    expect(await answerOf(call)).toEqual(model.setQuantity(user, id, quantity));
  }),
);

const merge = fc
  .record({ ...who, into: fc.constantFrom(...users), rule: fc.constantFrom<MergeRule>('sum', 'max', 'replace') })
  .map((input) =>
    command('merge', input, async ({ model }, world) => {
      const { user, into, rule } = input;
      const call = world.cache(input.client).merge(world.token(user), world.token(into), { rule });
      expect(await answerOf(call)).toEqual(model.merge(user, into, rule));
    }),
  );

const begin = fc
  .record({ ...who, known: fc.constantFrom('not told' as const, 'none' as const, 'record' as const), pick: fc.nat(3) })
  .map((input) =>
    command('begin', input, async (story, world) => {
      const { user, known, pick } = input;
      const open = story.checkouts.filter((it) => it.user === user && it.state === 'open');
      const record =
        known === 'record' ? (open[pick % open.length]?.checkout ?? null) : known === 'none' ? null : undefined;
      const attempt = ++story.attempts;
      const order = orderInProgress(
        world.cache(input.client),
        world.token(user),
        record && world.records.get(record.checkoutId),
      );
      const started = await order.started.catch((error: { code?: string }) => error);
      const real =
        'checkoutId' in started
          ? { value: { checkoutId: started.checkoutId, items: started.items, resumed: started.resumed } }
          : { code: started.code };
      const newId = 'checkoutId' in started ? started.checkoutId : '';
      if ('checkoutId' in started && !started.resumed) expect(world.records.has(newId)).toBe(false);
      expect(real).toEqual(story.model.begin(user, attempt, record, newId));
      if (!('checkoutId' in started)) return;
      const checkout = story.model.open(user);
      if (checkout && !world.records.has(newId)) story.checkouts.push({ user, checkout, state: 'open' });
      const { checkoutId, items, incarnation } = started;
      world.records.set(newId, { checkoutId, items, incarnation });
      world.attempts.set(attempt, order);
      story.running.push({ user, attempt, checkoutId });
    }),
  );

const finish = fc
  .record({
    client: fc.nat(2),
    outcome: fc.constantFrom('done' as const, 'done' as const, 'refused' as const, 'unknown' as const),
    pick: fc.nat(3),
  })
  .map((input) =>
    command(
      'finish',
      input,
      async (story, world) => {
        const [ending] = story.running.splice(input.pick % story.running.length, 1);
        const order = ending && world.attempts.get(ending.attempt);
        if (!order) throw new Error('no attempt is under way');
        const { user, attempt, checkoutId } = ending;
        world.attempts.delete(attempt);
        const isHolder = story.model.open(user)?.attempt === attempt;
        if (input.outcome === 'done') order.complete();
        else if (input.outcome === 'refused') order.reject('declined');
        else order.fail();
        const { outcome, cartError } = await order.outcome;
        expect({ outcome, isCartUpdated: cartError === undefined }).toEqual(
          story.model.finish(user, attempt, input.outcome),
        );
        if (input.outcome === 'done') story.ended(checkoutId, 'done');
        if (input.outcome === 'refused' && isHolder) story.ended(checkoutId, 'refused');
      },
      (story) => story.running.length > 0,
    ),
  );

const settle = fc.record({ client: fc.nat(2), pick: fc.nat(5) }).map((input) => {
  const candidates = (story: Story) => story.checkouts.filter(({ state }) => state !== 'refused');
  return command(
    'settle',
    input,
    async (story, world) => {
      const all = candidates(story);
      const known = all[input.pick % all.length];
      const record = world.records.get(known?.checkout.checkoutId ?? '');
      if (!known || !record) throw new Error('no checkout has begun');
      const call = world
        .cache(input.client)
        .settle(world.token(known.user), record)
        .then(() => undefined);
      expect(await answerOf(call)).toEqual(story.model.settle(known.user, known.checkout));
      known.state = 'done';
    },
    (story) => candidates(story).length > 0,
  );
});

const loseClaim = fc.record(who).map((input) =>
  command(
    'loseClaim',
    input,
    async ({ model }, world) => {
      await world.loseClaim(input.user);
      model.loseClaim(input.user);
    },
    ({ model }) => model.open(input.user)?.attempt === undefined,
  ),
);

export const stories = fc.commands(
  [add, add, add, add, set, setQuantity, setQuantity, merge, begin, begin, begin, finish, finish, settle, loseClaim],
  { maxCommands: 120, size: 'max' },
);
