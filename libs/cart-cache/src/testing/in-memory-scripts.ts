import type { Script } from '@badger-store/redis-kit';
import type { CartLine } from '../carts';
import {
  CartLimitError,
  CheckoutInProgressError,
  EmptyCartError,
  ItemNotInCartError,
  IdempotencyKeyReusedError,
} from '../cart-errors';
import * as scripts from '../cart-scripts';
import type { AddInput } from '../cart-scripts';
import { cartVersionOf, type InMemoryCartStore, type OpenClaim } from './in-memory-cart-store';

/** What each script does, in memory. The compiler names a script that is missing. */
type InMemoryScripts = {
  readonly [Name in keyof typeof scripts]: (typeof scripts)[Name] extends Script<infer Input, infer Output>
    ? (input: Input) => Output
    : never;
};

type RunInMemory = <Input, Output>(script: Script<Input, Output>, input: Input) => Output;

/** Runs a script in memory. Each is synchronous, hence atomic, as a script in Redis is. */
export function createInMemoryScripts(store: InMemoryCartStore): RunInMemory {
  const add = (input: AddInput): number => {
    const { cartId, id, quantity, limits, ttlMs, newCartVersion, idempotencyKey, idempotencyKeys } = input;
    const operation = `${cartId} ${idempotencyKey}`;
    const what = `${id} ${quantity}`;
    if (idempotencyKey !== undefined) {
      const known = store.operations.get(operation);
      if (known !== undefined && known !== what) throw new IdempotencyKeyReusedError(idempotencyKey);
      if (known !== undefined) return store.carts.get(cartId)?.lines.get(id)?.quantity ?? 0;
      if (store.operations.entries(`${cartId} `).length >= idempotencyKeys.max)
        throw new CartLimitError('TOO_MANY_IDEMPOTENCY_KEYS', idempotencyKeys.max);
    }
    const lines = store.carts.get(cartId)?.lines;
    const sum = (lines?.get(id)?.quantity ?? 0) + quantity;
    if (sum > limits.maxQuantity) throw new CartLimitError('TOO_MANY_OF_ITEM', limits.maxQuantity);
    if (!lines?.has(id) && (lines?.size ?? 0) >= limits.maxLines)
      throw new CartLimitError('TOO_MANY_LINES', limits.maxLines);
    store.open(cartId, newCartVersion, ttlMs).lines.set(id, { quantity: sum });
    if (idempotencyKey !== undefined) store.operations.set(operation, what, idempotencyKeys.lifeMs);
    return sum;
  };

  /** The claim, as long as it is the attempt's own. */
  const owned = ({ cartId, ...attempt }: { cartId: string; checkoutId: string; attemptId: string }) => {
    const claim = store.claims.get(cartId);
    return claim?.checkoutId === attempt.checkoutId && claim.attemptId === attempt.attemptId ? claim : undefined;
  };

  const takeOff = (cartId: string, takes: Iterable<readonly [string, number]>) => {
    const lines = store.carts.get(cartId)?.lines;
    for (const [id, amount] of takes) {
      const line = lines?.get(id);
      if (line && line.quantity > amount) line.quantity -= amount;
      else lines?.delete(id);
    }
  };

  const newClaim = (
    checkoutId: string,
    cartId: string,
    record: { checkoutId: string; cartVersion: string; lines: readonly CartLine[] } | null | undefined,
  ): OpenClaim => {
    const cart = store.carts.get(cartId);
    const held = store.lines(cartId);
    if (!record && (!cart || held.length === 0)) {
      store.claims.delete(cartId);
      throw new EmptyCartError();
    }
    const { lines, cartVersion } = record ?? { lines: held, cartVersion: cartVersionOf(cart) };
    const same = cart && cartVersionOf(cart) === cartVersion;
    const claimed = new Map<string, number>();
    for (const { id, quantity } of lines) {
      const amount = same ? Math.min(quantity, cart.lines.get(id)?.quantity ?? 0) : 0;
      if (amount > 0) claimed.set(id, amount);
    }
    return {
      checkoutId: record?.checkoutId ?? checkoutId,
      cartVersion,
      lines,
      claimed,
      attemptId: '',
      leaseUntil: 0,
      resumed: false,
    };
  };

  const inMemory: InMemoryScripts = {
    getScript: ({ cartId, ttlMs }) => {
      store.carts.keep(cartId, ttlMs);
      return store.lines(cartId);
    },

    addQuantityScript: add,

    addScript: (input) => {
      add(input);
      return store.lines(input.cartId);
    },

    setLineScript: ({ cartId, id, quantity, ttlMs }) => {
      const line = store.carts.get(cartId)?.lines.get(id);
      if (!line) throw new ItemNotInCartError(id);
      if (quantity > 0) line.quantity = quantity;
      else store.carts.get(cartId)?.lines.delete(id);
      store.dropIfEmpty(cartId);
      store.cutClaim(cartId);
      store.carts.keep(cartId, ttlMs);
      return store.lines(cartId);
    },

    setScript: ({ cartId, lines, ttlMs, newCartVersion }) => {
      const cart = store.open(cartId, newCartVersion, ttlMs);
      cart.lines.clear();
      for (const { id, quantity } of lines) cart.lines.set(id, { quantity });
      store.dropIfEmpty(cartId);
      store.cutClaim(cartId);
    },

    transferBeginScript: ({ cartId, mergeId, toCart, lifeMs }) => {
      const idempotencyKeyUses = store.operations.entries(`${cartId} `).flat();
      const begun = store.apart.get(cartId);
      if (begun) return { ...begun, lines: [...begun.lines], idempotencyKeyUses };
      const claimed = store.claims.get(cartId)?.claimed;
      const lines = store
        .lines(cartId)
        .map(({ id, quantity }) => ({ id, quantity: quantity - (claimed?.get(id) ?? 0) }))
        .filter(({ quantity }) => quantity > 0);
      if (lines.length === 0)
        return idempotencyKeyUses.length === 0 ? undefined : { mergeId, toCart, lines, idempotencyKeyUses };
      takeOff(
        cartId,
        lines.map(({ id, quantity }) => [id, quantity] as const),
      );
      store.dropIfEmpty(cartId);
      store.apart.set(cartId, { mergeId, toCart, lines }, lifeMs);
      return { mergeId, toCart, lines, idempotencyKeyUses };
    },

    transferApplyScript: (input) => {
      const { cartId, mergeId, lifeMs, rule, limits, ttlMs, newCartVersion, lines: brought } = input;
      for (let i = 0; i + 1 < input.idempotencyKeyUses.length; i += 2) {
        const operation = `${cartId} ${input.idempotencyKeyUses[i]}`;
        if (store.operations.get(operation) === undefined)
          store.operations.set(operation, input.idempotencyKeyUses[i + 1] ?? '', input.idempotencyKeyLifeMs);
      }
      if (brought.length === 0) return { clamped: [], cart: store.lines(cartId) };
      const merge = `${cartId} ${mergeId}`;
      const known = store.merged.get(merge);
      if (known) return { clamped: [...known], cart: store.lines(cartId) };
      const { lines } = store.open(cartId, newCartVersion, ttlMs);
      if (rule === 'replace') lines.clear();
      const clamped = brought.flatMap(({ id, quantity: added }) => {
        const before = lines.get(id)?.quantity ?? 0;
        const requested = rule === 'max' ? Math.max(before, added) : before + added;
        const room = lines.has(id) || lines.size < limits.maxLines;
        const quantity = room ? Math.max(before, Math.min(requested, limits.maxQuantity)) : 0;
        if (quantity > 0) lines.set(id, { quantity });
        return quantity < requested ? [{ id, requested, quantity }] : [];
      });
      store.cutClaim(cartId);
      store.merged.set(merge, clamped, lifeMs);
      return { clamped, cart: store.lines(cartId) };
    },

    transferEndScript: ({ cartId, mergeId }) => {
      if (store.apart.get(cartId)?.mergeId === mergeId) store.apart.delete(cartId);
    },

    acquireScript: ({ cartId, checkoutId, attemptId, leaseMs, keepMs, openCheckout }) => {
      const before = store.claims.get(cartId);
      const mine = before?.attemptId === attemptId;
      if (before && !mine) before.leaseUntil = Math.min(before.leaseUntil, store.now() + leaseMs);
      if (before && !mine && before.leaseUntil > store.now())
        throw new CheckoutInProgressError(before.leaseUntil - store.now());
      const resumes = mine || openCheckout === undefined || openCheckout?.checkoutId === before?.checkoutId;
      const claim = before && resumes ? before : newClaim(checkoutId, cartId, openCheckout);
      if (!mine) claim.resumed = (before && resumes) || Boolean(openCheckout);
      Object.assign(claim, { attemptId, leaseUntil: store.now() + leaseMs });
      store.claims.set(cartId, claim, keepMs);
      store.carts.keep(cartId, keepMs);
      const { resumed, cartVersion, lines } = claim;
      return { resumed, checkoutId: claim.checkoutId, cartVersion, lines: [...lines] };
    },

    extendScript: ({ leaseMs, ...attempt }) => {
      const claim = owned(attempt);
      if (claim) claim.leaseUntil = store.now() + leaseMs;
      return claim !== undefined;
    },

    releaseScript: (attempt) => {
      const claim = owned(attempt);
      if (claim) store.claims.delete(attempt.cartId);
      return claim !== undefined;
    },

    completeScript: ({ cartId, ttlMs, done }) => {
      const claim = store.claims.get(cartId);
      if ('attemptId' in done && !owned({ cartId, ...done })) return undefined;
      const cart = store.carts.get(cartId);
      let ofThisCart = true;
      if (claim?.checkoutId === done.checkoutId) {
        ofThisCart = claim.cartVersion === cartVersionOf(cart);
        takeOff(cartId, claim.claimed);
        store.claims.delete(cartId);
      } else if ('lines' in done && cartVersionOf(cart) === done.cartVersion) {
        takeOff(
          cartId,
          done.lines.map(({ id, quantity }) => [id, quantity] as const),
        );
      } else return cartVersionOf(cart);
      if (cart) {
        if (ofThisCart) cart.settled = done.checkoutId;
        store.carts.set(cartId, cart, Math.max(ttlMs, store.claims.msLeft(cartId)));
      }
      store.dropIfEmpty(cartId);
      store.cutClaim(cartId);
      return cartVersionOf(store.carts.get(cartId));
    },
  };
  const runs = new Map<unknown, unknown>(
    Object.entries(inMemory).map(([name, run]) => [scripts[name as keyof typeof scripts], run]),
  );

  return (script, input) => (runs.get(script) as (given: typeof input) => ReturnType<typeof script.decode>)(input);
}
