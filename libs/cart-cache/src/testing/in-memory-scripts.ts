import type { Script } from '@badger-store/redis-kit';
import type { CartItem } from '../cart-cache';
import {
  CartLimitError,
  CheckoutUnderWayError,
  EmptyCartError,
  ItemNotInCartError,
  OperationIdReusedError,
} from '../cart-errors';
import * as scripts from '../cart-scripts';
import type { AddInput } from '../cart-scripts';
import { incarnationOf, type InMemoryCartStore, type OpenClaim } from './in-memory-cart-store';

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
    const { userToken, id, quantity, limits, ttlMs, newIncarnation, operationId, operations } = input;
    const operation = `${userToken} ${operationId}`;
    const what = `${id} ${quantity}`;
    if (operationId !== undefined) {
      const known = store.operations.get(operation);
      if (known !== undefined && known !== what) throw new OperationIdReusedError(operationId);
      if (known !== undefined) return store.carts.get(userToken)?.lines.get(id)?.quantity ?? 0;
      if (store.operations.entries(`${userToken} `).length >= operations.most)
        throw new CartLimitError('TOO_MANY_OPERATIONS', operations.most);
    }
    const lines = store.carts.get(userToken)?.lines;
    const sum = (lines?.get(id)?.quantity ?? 0) + quantity;
    if (sum > limits.maxQuantity) throw new CartLimitError('TOO_MANY_OF_ITEM', limits.maxQuantity);
    if (!lines?.has(id) && (lines?.size ?? 0) >= limits.maxLines)
      throw new CartLimitError('TOO_MANY_LINES', limits.maxLines);
    store.open(userToken, newIncarnation, ttlMs).lines.set(id, { quantity: sum });
    if (operationId !== undefined) store.operations.set(operation, what, operations.lifeMs);
    return sum;
  };

  /** The claim, as long as it is the attempt's own. */
  const owned = ({ userToken, ...attempt }: { userToken: string; checkoutId: string; attemptId: string }) => {
    const claim = store.claims.get(userToken);
    return claim?.checkoutId === attempt.checkoutId && claim.attemptId === attempt.attemptId ? claim : undefined;
  };

  const takeOff = (userToken: string, takes: Iterable<readonly [string, number]>) => {
    const lines = store.carts.get(userToken)?.lines;
    for (const [id, amount] of takes) {
      const line = lines?.get(id);
      if (line && line.quantity > amount) line.quantity -= amount;
      else lines?.delete(id);
    }
  };

  const newClaim = (
    checkoutId: string,
    userToken: string,
    record: { checkoutId: string; incarnation: string; items: readonly CartItem[] } | null | undefined,
  ): OpenClaim => {
    const cart = store.carts.get(userToken);
    const held = store.items(userToken);
    if (!record && (!cart || held.length === 0)) {
      store.claims.delete(userToken);
      throw new EmptyCartError();
    }
    const { items, incarnation } = record ?? { items: held, incarnation: incarnationOf(cart) };
    const same = cart && incarnationOf(cart) === incarnation;
    const claimed = new Map<string, number>();
    for (const { id, quantity } of items) {
      const amount = same ? Math.min(quantity, cart.lines.get(id)?.quantity ?? 0) : 0;
      if (amount > 0) claimed.set(id, amount);
    }
    return {
      checkoutId: record?.checkoutId ?? checkoutId,
      incarnation,
      items,
      claimed,
      attemptId: '',
      leaseUntil: 0,
      resumed: false,
    };
  };

  const inMemory: InMemoryScripts = {
    getScript: ({ userToken, ttlMs }) => {
      store.carts.keep(userToken, ttlMs);
      return store.items(userToken);
    },

    addQuantityScript: add,

    addScript: (input) => {
      add(input);
      return store.items(input.userToken);
    },

    setQuantityScript: ({ userToken, id, quantity, ttlMs }) => {
      const line = store.carts.get(userToken)?.lines.get(id);
      if (!line) throw new ItemNotInCartError(id);
      if (quantity > 0) line.quantity = quantity;
      else store.carts.get(userToken)?.lines.delete(id);
      store.dropIfEmpty(userToken);
      store.cutClaim(userToken);
      store.carts.keep(userToken, ttlMs);
      return store.items(userToken);
    },

    setScript: ({ userToken, items, ttlMs, newIncarnation }) => {
      const { lines } = store.open(userToken, newIncarnation, ttlMs);
      lines.clear();
      for (const { id, quantity } of items) lines.set(id, { quantity });
      store.dropIfEmpty(userToken);
      store.cutClaim(userToken);
    },

    mergeTakeScript: ({ userToken, mergeId, intoToken, lifeMs }) => {
      const operationUses = store.operations.entries(`${userToken} `).flat();
      const begun = store.apart.get(userToken);
      if (begun) return { ...begun, items: [...begun.items], operationUses };
      const claimed = store.claims.get(userToken)?.claimed;
      const items = store
        .items(userToken)
        .map(({ id, quantity }) => ({ id, quantity: quantity - (claimed?.get(id) ?? 0) }))
        .filter(({ quantity }) => quantity > 0);
      if (items.length === 0)
        return operationUses.length === 0 ? undefined : { mergeId, intoToken, items, operationUses };
      takeOff(
        userToken,
        items.map(({ id, quantity }) => [id, quantity] as const),
      );
      store.dropIfEmpty(userToken);
      store.apart.set(userToken, { mergeId, intoToken, items }, lifeMs);
      return { mergeId, intoToken, items, operationUses };
    },

    mergeApplyScript: (input) => {
      const { userToken, mergeId, lifeMs, rule, limits, ttlMs, newIncarnation, items } = input;
      for (let i = 0; i + 1 < input.operationUses.length; i += 2) {
        const operation = `${userToken} ${input.operationUses[i]}`;
        if (store.operations.get(operation) === undefined)
          store.operations.set(operation, input.operationUses[i + 1] ?? '', input.operationLifeMs);
      }
      if (items.length === 0) return { clamped: [], cart: store.items(userToken) };
      const merge = `${userToken} ${mergeId}`;
      const known = store.merged.get(merge);
      if (known) return { clamped: [...known], cart: store.items(userToken) };
      const { lines } = store.open(userToken, newIncarnation, ttlMs);
      if (rule === 'replace') lines.clear();
      const clamped = items.flatMap(({ id, quantity: brought }) => {
        const before = lines.get(id)?.quantity ?? 0;
        const requested = rule === 'max' ? Math.max(before, brought) : before + brought;
        const room = lines.has(id) || lines.size < limits.maxLines;
        const quantity = room ? Math.max(before, Math.min(requested, limits.maxQuantity)) : 0;
        if (quantity > 0) lines.set(id, { quantity });
        return quantity < requested ? [{ id, requested, quantity }] : [];
      });
      store.cutClaim(userToken);
      store.merged.set(merge, clamped, lifeMs);
      return { clamped, cart: store.items(userToken) };
    },

    mergeEndScript: ({ userToken, mergeId }) => {
      if (store.apart.get(userToken)?.mergeId === mergeId) store.apart.delete(userToken);
    },

    claimScript: ({ userToken, checkoutId, attemptId, leaseMs, keepMs, openCheckout }) => {
      const before = store.claims.get(userToken);
      const mine = before?.attemptId === attemptId;
      if (before && !mine) before.leaseUntil = Math.min(before.leaseUntil, store.now() + leaseMs);
      if (before && !mine && before.leaseUntil > store.now())
        throw new CheckoutUnderWayError(before.leaseUntil - store.now());
      const resumes = mine || openCheckout === undefined || openCheckout?.checkoutId === before?.checkoutId;
      const claim = before && resumes ? before : newClaim(checkoutId, userToken, openCheckout);
      if (!mine) claim.resumed = (before && resumes) || Boolean(openCheckout);
      Object.assign(claim, { attemptId, leaseUntil: store.now() + leaseMs });
      store.claims.set(userToken, claim, keepMs);
      store.carts.keep(userToken, keepMs);
      const { resumed, incarnation, items } = claim;
      return { resumed, checkoutId: claim.checkoutId, incarnation, items: [...items] };
    },

    renewScript: ({ leaseMs, ...attempt }) => {
      const claim = owned(attempt);
      if (claim) claim.leaseUntil = store.now() + leaseMs;
      return claim !== undefined;
    },

    releaseScript: (attempt) => {
      const claim = owned(attempt);
      if (claim) store.claims.delete(attempt.userToken);
      return claim !== undefined;
    },

    settleScript: ({ userToken, ttlMs, done }) => {
      const claim = store.claims.get(userToken);
      if ('attemptId' in done && !owned({ userToken, ...done })) return undefined;
      const cart = store.carts.get(userToken);
      let ofThisCart = true;
      if (claim?.checkoutId === done.checkoutId) {
        ofThisCart = claim.incarnation === incarnationOf(cart);
        takeOff(userToken, claim.claimed);
        store.claims.delete(userToken);
      } else if ('items' in done && incarnationOf(cart) === done.incarnation) {
        takeOff(
          userToken,
          done.items.map(({ id, quantity }) => [id, quantity] as const),
        );
      } else return incarnationOf(cart);
      if (cart) {
        if (ofThisCart) cart.settled = done.checkoutId;
        store.carts.set(userToken, cart, Math.max(ttlMs, store.claims.msLeft(userToken)));
      }
      store.dropIfEmpty(userToken);
      store.cutClaim(userToken);
      return incarnationOf(store.carts.get(userToken));
    },
  };
  const runs = new Map<unknown, unknown>(
    Object.entries(inMemory).map(([name, run]) => [scripts[name as keyof typeof scripts], run]),
  );

  return (script, input) => (runs.get(script) as (given: typeof input) => ReturnType<typeof script.decode>)(input);
}
