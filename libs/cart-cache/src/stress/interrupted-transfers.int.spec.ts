import { randomUUID } from 'node:crypto';
import { RedisUnavailableError, type RedisClient } from '@badger-store/redis-kit';
import { newSeed, scale, stressTest } from '@badger-store/test-kit';
import * as fc from 'fast-check';
import { createCarts, type Carts } from '../index';
import type { CartSettings } from '../create-carts';
import type { CartsRedis } from '../open-redis';
import { InMemoryCartStore } from '../testing';
import { createInMemoryScripts } from '../testing/in-memory-scripts';
import { deployments } from './clients';

type Run = CartsRedis['run'];

const inMemory = () => {
  const run = createInMemoryScripts(new InMemoryCartStore(Date.now));
  const runLater: Run = async (script, input) => run(script, input);
  return Promise.resolve({ runs: [runLater, runLater], stop: () => Promise.resolve() });
};

const places: Readonly<Record<string, () => Promise<{ runs: readonly Run[]; stop: () => Promise<void> }>>> = {
  'in memory': inMemory,
  ...Object.fromEntries(
    Object.entries(deployments).map(([name, start]) => [
      `on ${name}`,
      async () => {
        const { clients, stop } = await start();
        return { runs: clients.map((client: RedisClient): Run => client.run.bind(client)), stop };
      },
    ]),
  ),
};

const steps = ['transfer-begin', 'transfer-apply', 'transfer-end'] as const;
type Step = (typeof steps)[number];

const createCartsOn = (run: Run, settings: CartSettings = {}): Carts => {
  const unused = () => Promise.reject(new Error('A transfer does not need this'));
  const scan = () => {
    throw new Error('A transfer does not need this');
  };
  return createCarts({ ...settings, redis: { run, scan, ready: unused, ping: unused } });
};

/** The server carries the step out, and the process that sent it ends, or its connection does, before the reply. */
const endAfter =
  (run: Run, step: Step): Run =>
  async (script, input) => {
    const output = await run(script, input);
    if (script.name === step) throw new RedisUnavailableError('The connection ended', true);
    return output;
  };

describe.each(Object.entries(places))('a transfer %s', (name, start) => {
  let run: Run;
  let otherRun: Run;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    const started = await start();
    [run, otherRun] = started.runs as [Run, Run];
    stop = started.stop;
  });
  afterAll(() => stop());

  /** `a4 b2` in `from`, `a3` in `to`. */
  const fill = async () => {
    const [from, to, third] = [randomUUID(), randomUUID(), randomUUID()];
    const carts = createCartsOn(otherRun);
    await carts.add(from, 'a', 4, { data: 'red', idempotencyKey: 'first' });
    await carts.add(from, 'b', 2);
    await carts.add(to, 'a', 3);
    const read = async () => {
      const all = await Promise.all([from, to, third].map((cartId) => carts.get(cartId)));
      return all.map((lines) => lines.map(({ id, quantity }) => `${id}${quantity}`).join(' '));
    };
    return { from, to, third, carts, read };
  };
  type Filled = Awaited<ReturnType<typeof fill>>;

  const move = (carts: Carts, { from, to }: Filled) => carts.move(from, 'a', to);
  const merge = (carts: Carts, { from, to }: Filled) => carts.merge(from, to);

  const nextCalls: Readonly<Record<string, (carts: Carts, filled: Filled) => Promise<unknown>>> = {
    'the same move': move,
    'a move of the other line': (carts, { from, to }) => carts.move(from, 'b', to),
    'a move of the line into a third cart': (carts, { from, third }) => carts.move(from, 'a', third),
    'a merge into a third cart': (carts, { from, third }) => carts.merge(from, third),
  };
  const afterMove: Readonly<Record<string, readonly string[]>> = {
    'the same move': ['b2', 'a7', ''],
    'a move of the other line': ['', 'a7 b2', ''],
    'a move of the line into a third cart': ['b2', 'a7', ''],
    'a merge into a third cart': ['', 'a7', 'b2'],
  };

  describe.each(steps)('that ends after %s', (step) => {
    const interrupt = async (
      transfer: (carts: Carts, filled: Filled) => Promise<unknown>,
      filled: Filled,
      settings: CartSettings = {},
    ) => {
      const ended = transfer(createCartsOn(endAfter(run, step), settings), filled);
      await expect(ended).rejects.toBeInstanceOf(RedisUnavailableError);
    };

    it.each(Object.keys(nextCalls))('moves the line once, with its data, when the next call is %s', async (next) => {
      const filled = await fill();
      await interrupt(move, filled);
      await nextCalls[next]?.(filled.carts, filled);
      expect(await filled.read()).toEqual(afterMove[next]);
      expect((await filled.carts.get(filled.to))[0]?.data).toBe('red');
    });

    it('leaves in the source what the target has no room for when the move is repeated', async () => {
      const filled = await fill();
      const limits = { maxQuantity: 5 };
      await interrupt(move, filled, limits);
      await move(createCartsOn(otherRun, limits), filled);
      expect(await filled.read()).toEqual([expect.stringMatching(/^(a2 b2|b2 a2)$/), 'a5', '']);
    });

    it('keeps what is added to both carts before the move is repeated', async () => {
      const filled = await fill();
      await interrupt(move, filled);
      await filled.carts.add(filled.from, 'a', 10);
      await filled.carts.add(filled.to, 'a', 100);
      await move(filled.carts, filled);
      expect(await filled.read()).toEqual(['b2', 'a117', '']);
    });

    it('merges every line and idempotency key once when the merge is repeated', async () => {
      const filled = await fill();
      await interrupt(merge, filled);
      await merge(filled.carts, filled);
      await filled.carts.add(filled.to, 'a', 4, { data: 'red', idempotencyKey: 'first' });
      expect(await filled.read()).toEqual(['', 'a7 b2', '']);
    });

    it('merges every line once when the next call is a move into a third cart', async () => {
      const filled = await fill();
      await interrupt(merge, filled);
      await filled.carts.move(filled.from, 'b', filled.third);
      expect(await filled.read()).toEqual(['', 'a7 b2', '']);
    });

    it.each(Object.entries({ move, merge }))(
      'does nothing more when its process only paused, and another one made the same %s',
      async (name, transfer) => {
        const filled = await fill();
        const paused: Run = async (script, input) => {
          const output = await run(script, input);
          if (script.name === step) await transfer(filled.carts, filled);
          return output;
        };
        await transfer(createCartsOn(paused), filled);
        expect(await filled.read()).toEqual(name === 'move' ? ['b2', 'a7', ''] : ['', 'a7 b2', '']);
      },
    );
  });

  const seed = newSeed();
  const cart = fc.nat(2);
  const commands = fc.array(
    fc.record({
      kind: fc.constantFrom('add' as const, 'move' as const, 'merge' as const),
      from: cart,
      to: cart,
      line: fc.constantFrom('a', 'b'),
      endsAfter: fc.option(fc.constantFrom(...steps)),
    }),
    { maxLength: 30, size: 'max' },
  );

  stressTest(`Transfers of which many end midway lose and double nothing (${name})`, async () => {
    const counts = { transfers: 0, ended: 0, seed };
    const property = fc.asyncProperty(commands, async (given) => {
      const cartIds = [randomUUID(), randomUUID(), randomUUID()] as const;
      const carts = createCartsOn(otherRun);
      const added: Record<string, number> = {};
      for (const { kind, from, to, line, endsAfter } of given) {
        const [fromCart, toCart] = [cartIds[from], cartIds[to]] as [string, string];
        if (kind === 'add') {
          await carts.add(fromCart, line);
          added[line] = (added[line] ?? 0) + 1;
          continue;
        }
        const ending = endsAfter ? createCartsOn(endAfter(run, endsAfter)) : carts;
        counts.transfers += 1;
        const call = kind === 'move' ? ending.move(fromCart, line, toCart) : ending.merge(fromCart, toCart);
        await call.catch((error: unknown) => {
          if (!(error instanceof RedisUnavailableError)) throw error;
          counts.ended += 1;
        });
      }
      // Finishes what ended midway, which may bring lines into a cart that was emptied before.
      for (let round = 0; round < 2; round += 1) {
        for (const cartId of cartIds) await carts.merge(cartId, cartIds[0] === cartId ? cartIds[1] : cartIds[0]);
      }
      const all = (await Promise.all(cartIds.map((cartId) => carts.get(cartId)))).flat();
      const kept: Record<string, number> = {};
      for (const { id, quantity } of all) kept[id] = (kept[id] ?? 0) + quantity;
      expect(kept).toEqual(added);
    });
    await fc.assert(property, { numRuns: scale(15, 1000), seed });
    expect(counts.ended).toBeGreaterThan(0);
    return counts;
  });
});
