import type { CartCache, CartItem, CheckoutRecord, MergeRule } from '../index';
import { cartOperations } from '../testing/cart-operations';
import { completed } from '../testing/order-in-progress';
import { orLeftOut, wellFormed } from './hostile';

export interface Argument {
  readonly name: string;
  readonly isWellFormed: (value: unknown) => boolean;
  /** Makes the call with this value in the argument's place; `own` is a token that the call may use. */
  readonly call: (cache: CartCache, value: unknown, own: string) => Promise<unknown>;
}

/** A caller that does not heed the types. */
const as = <Type>(value: unknown) => value as Type;
const text = as<(value: unknown) => string>((value: unknown) => value);
const number = as<(value: unknown) => number>((value: unknown) => value);

const line = (fields: Partial<Record<keyof CartItem, unknown>>) => [as<CartItem>({ id: 'a', quantity: 1, ...fields })];
const record = (fields: Partial<Record<keyof CheckoutRecord, unknown>>) =>
  as<CheckoutRecord>({ checkoutId: 'c', incarnation: 'i', items: line({}), ...fields });

const { userToken, itemId, operationId, quantity, zeroOrQuantity, rule, items, never } = wellFormed;

/** Every call that takes a record takes it in the same way. */
const ofRecord: Record<string, (cache: CartCache, record: CheckoutRecord, own: string) => Promise<unknown>> = {
  settle: (cache, it, own) => cache.settle(own, it),
  'checkout openCheckout': (cache, it, own) => cache.checkout(own, completed, { openCheckout: it }),
  'withCheckoutLock openCheckout': (cache, it, own) =>
    cache.withCheckoutLock(own, (lock) => lock.release(), { openCheckout: it }),
};

export const everyArgument: readonly Argument[] = [
  ...Object.entries(cartOperations).map(([name, call]): Argument => ({
    name: `${name} userToken`,
    isWellFormed: userToken,
    call: (cache, it, own) => call(cache, text(it), own),
  })),
  { name: 'merge intoToken', isWellFormed: userToken, call: (cache, it, own) => cache.merge(own, text(it)) },
  { name: 'add id', isWellFormed: itemId, call: (cache, it, own) => cache.add(own, text(it)) },
  { name: 'addQuantity id', isWellFormed: itemId, call: (cache, it, own) => cache.addQuantity(own, text(it)) },
  { name: 'setQuantity id', isWellFormed: itemId, call: (cache, it, own) => cache.setQuantity(own, text(it), 1) },
  { name: 'remove id', isWellFormed: itemId, call: (cache, it, own) => cache.remove(own, text(it)) },
  { name: 'set id', isWellFormed: itemId, call: (cache, id, own) => cache.set(own, line({ id })) },
  { name: 'set items', isWellFormed: items, call: (cache, it, own) => cache.set(own, as<CartItem[]>(it)) },
  { name: 'set item', isWellFormed: never, call: (cache, it, own) => cache.set(own, as<CartItem[]>([it])) },
  {
    name: 'add quantity',
    isWellFormed: orLeftOut(quantity),
    call: (cache, it, own) => cache.add(own, 'a', number(it)),
  },
  { name: 'set quantity', isWellFormed: quantity, call: (cache, it, own) => cache.set(own, line({ quantity: it })) },
  {
    name: 'setQuantity quantity',
    isWellFormed: zeroOrQuantity,
    call: (cache, it, own) => cache.setQuantity(own, 'a', number(it)),
  },
  {
    name: 'add operationId',
    isWellFormed: orLeftOut(operationId),
    call: (cache, it, own) => cache.add(own, 'a', 1, { operationId: text(it) }),
  },
  {
    name: 'addQuantity operationId',
    isWellFormed: orLeftOut(operationId),
    call: (cache, it, own) => cache.addQuantity(own, 'a', 1, { operationId: text(it) }),
  },
  {
    name: 'merge rule',
    isWellFormed: orLeftOut(rule),
    call: (cache, it, own) => cache.merge(`${own}-2`, own, { rule: as<MergeRule>(it) }),
  },
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
      argument('record', name === 'settle' ? never : (it) => it === null || it === undefined, (it) => it),
      argument('checkoutId', operationId, (checkoutId) => record({ checkoutId })),
      argument('incarnation', wellFormed.incarnation, (incarnation) => record({ incarnation })),
      argument('items', items, (it) => record({ items: it })),
      argument('item', never, (it) => record({ items: [it] })),
      argument('item id', itemId, (id) => record({ items: line({ id }) })),
      argument('item quantity', wellFormed.recordQuantity, (it) => record({ items: line({ quantity: it }) })),
    ];
  }),
];
