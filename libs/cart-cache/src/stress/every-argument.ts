import type { Carts, CartLine, CheckoutRecord, MergeRule } from '../index';
import { cartOperations, type CartOperation } from '../testing/cart-operations';
import { completed } from '../testing/order-in-progress';
import { orLeftOut, wellFormed } from './hostile';

export interface Argument {
  readonly name: string;
  readonly isWellFormed: (value: unknown) => boolean;
  /** Makes the call with this value in the argument's place; `own` is a token that the call may use. */
  readonly call: (cache: Carts, value: unknown, own: string) => Promise<unknown>;
}

/** A caller that does not heed the types. */
const as = <Type>(value: unknown) => value as Type;
const text = as<(value: unknown) => string>((value: unknown) => value);
const number = as<(value: unknown) => number>((value: unknown) => value);

const line = (fields: Partial<Record<keyof CartLine, unknown>>) => [as<CartLine>({ id: 'a', quantity: 1, ...fields })];
const record = (fields: Partial<Record<keyof CheckoutRecord, unknown>>) =>
  as<CheckoutRecord>({ checkoutId: 'c', cartVersion: 'i', lines: line({}), ...fields });

const { cartId, lineId, idempotencyKey, quantity, zeroOrQuantity, rule, lines, version, data, never } = wellFormed;

/** The records that operations take, each in the same way. */
const ofRecord: Record<string, (cache: Carts, record: CheckoutRecord, own: string) => Promise<unknown>> = {
  completeCheckout: (cache, it, own) => cache.completeCheckout(own, it),
  'checkout openCheckout': (cache, it, own) => cache.checkout(own, completed, { openCheckout: it }),
  'withCheckoutLock openCheckout': (cache, it, own) =>
    cache.withCheckoutLock(own, (lock) => lock.release(), { openCheckout: it }),
};

type OwnArguments = Readonly<Record<string, Pick<Argument, 'isWellFormed' | 'call'>>>;

/** The arguments of each operation beside its cart. The compiler names an operation that is missing here. */
const ownArguments: Readonly<Record<CartOperation, OwnArguments>> = {
  get: {},
  getCart: {},
  add: {
    id: { isWellFormed: lineId, call: (cache, it, own) => cache.add(own, text(it)) },
    quantity: { isWellFormed: orLeftOut(quantity), call: (cache, it, own) => cache.add(own, 'a', number(it)) },
    data: { isWellFormed: orLeftOut(data), call: (cache, it, own) => cache.add(own, 'a', 1, { data: it }) },
    idempotencyKey: {
      isWellFormed: orLeftOut(idempotencyKey),
      call: (cache, it, own) => cache.add(own, 'a', 1, { idempotencyKey: text(it) }),
    },
  },
  addQuantity: {
    id: { isWellFormed: lineId, call: (cache, it, own) => cache.addQuantity(own, text(it)) },
    idempotencyKey: {
      isWellFormed: orLeftOut(idempotencyKey),
      call: (cache, it, own) => cache.addQuantity(own, 'a', 1, { idempotencyKey: text(it) }),
    },
  },
  set: {
    id: { isWellFormed: lineId, call: (cache, id, own) => cache.set(own, line({ id })) },
    quantity: { isWellFormed: quantity, call: (cache, it, own) => cache.set(own, line({ quantity: it })) },
    lines: { isWellFormed: lines, call: (cache, it, own) => cache.set(own, as<CartLine[]>(it)) },
    item: { isWellFormed: never, call: (cache, it, own) => cache.set(own, as<CartLine[]>([it])) },
  },
  setLine: {
    id: { isWellFormed: lineId, call: (cache, it, own) => cache.setLine(own, text(it), { quantity: 1 }) },
    quantity: {
      isWellFormed: zeroOrQuantity,
      call: (cache, it, own) => cache.setLine(own, 'a', { quantity: number(it) }),
    },
    data: {
      isWellFormed: orLeftOut(data),
      call: (cache, it, own) => cache.setLine(own, 'a', { quantity: 1, data: it }),
    },
    ifVersion: {
      isWellFormed: orLeftOut(version),
      call: (cache, it, own) => cache.setLine(own, 'a', { quantity: 1 }, { ifVersion: text(it) }),
    },
  },
  remove: { id: { isWellFormed: lineId, call: (cache, it, own) => cache.remove(own, text(it)) } },
  clear: {
    ifVersion: {
      isWellFormed: orLeftOut(version),
      call: (cache, it, own) => cache.clear(own, { ifVersion: text(it) }),
    },
  },
  update: {
    data: { isWellFormed: orLeftOut(data), call: (cache, it, own) => cache.update(own, { data: it }) },
    lines: {
      isWellFormed: orLeftOut(lines),
      call: (cache, it, own) => cache.update(own, { lines: as<CartLine[]>(it) }),
    },
  },
  move: {
    lineId: { isWellFormed: lineId, call: (cache, it, own) => cache.move(own, text(it), `${own}-2`) },
    toCart: { isWellFormed: cartId, call: (cache, it, own) => cache.move(own, 'a', text(it)) },
  },
  merge: {
    toCart: { isWellFormed: cartId, call: (cache, it, own) => cache.merge(own, text(it)) },
    rule: {
      isWellFormed: orLeftOut(rule),
      call: (cache, it, own) => cache.merge(`${own}-2`, own, { rule: as<MergeRule>(it) }),
    },
  },
  delete: {},
  checkout: {},
  withCheckoutLock: {},
  completeCheckout: {},
};

export const everyArgument: readonly Argument[] = [
  ...Object.entries(cartOperations).map(([name, call]): Argument => ({
    name: `${name} cartId`,
    isWellFormed: cartId,
    call: (cache, it, own) => call(cache, text(it), own),
  })),
  ...Object.entries(ownArguments).flatMap(([operation, own]) =>
    Object.entries(own).map(([name, argument]): Argument => ({ name: `${operation} ${name}`, ...argument })),
  ),
  ...Object.entries(ofRecord).flatMap(([name, call]) => {
    const argument = (
      field: string,
      isWellFormed: Argument['isWellFormed'],
      make: (it: unknown) => unknown,
    ): Argument => ({
      name: `${name} ${field}`,
      isWellFormed,
      call: (cache, it, own) => call(cache, as<CheckoutRecord>(make(it)), own),
    });
    return [
      argument('record', name === 'completeCheckout' ? never : (it) => it === null || it === undefined, (it) => it),
      argument('checkoutId', idempotencyKey, (checkoutId) => record({ checkoutId })),
      argument('cartVersion', wellFormed.cartVersion, (cartVersion) => record({ cartVersion })),
      argument('lines', lines, (it) => record({ lines: it })),
      argument('item', never, (it) => record({ lines: [it] })),
      argument('item id', lineId, (id) => record({ lines: line({ id }) })),
      argument('item quantity', wellFormed.recordQuantity, (it) => record({ lines: line({ quantity: it }) })),
    ];
  }),
];
