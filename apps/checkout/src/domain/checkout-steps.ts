import type { PaymentProvider } from './payment-provider';
import type { PlaceOrderParts } from './place-order';

/** Every step of a checkout, in their sequence; `release the stock` is in the place of `commit the stock` where nothing is paid. */
export const steps = [
  'look for paid orders that somebody was not told of',
  'look for an open order',
  'claim the cart',
  'price it',
  'record the order as pending',
  'look once more',
  'reserve the stock',
  'create the payment',
  'record the payment’s id',
  'confirm the payment',
  'record what came of it',
  'commit the stock',
  'release the stock',
  'note that inventory was told',
  'take the snapshot off the cart',
  'note that the cart was told',
  'note that the customer was told',
] as const;
export type Step = (typeof steps)[number];

/** Is there when a step begins, and hears how it ended. It may wait, and what it throws fails the step. */
export interface StepWatcher {
  begins(step: Step): void | Promise<void>;
  /** `error` where it failed. */
  ends(step: Step, error?: unknown): void | Promise<void>;
}

const markSteps = {
  'stock-told': 'note that inventory was told',
  'cart-told': 'note that the cart was told',
  'customer-told': 'note that the customer was told',
  'payment-checked': undefined,
} as const;

/** The parts of a checkout, with somebody who watches each step. */
export function watchSteps(parts: PlaceOrderParts, watcher: StepWatcher): PlaceOrderParts {
  const { cartCache, orders, stock, priceList } = parts;
  const step = async <Result>(name: Step | undefined, work: () => Promise<Result>): Promise<Result> => {
    if (name === undefined) return work();
    await watcher.begins(name);
    let result: Result;
    try {
      result = await work();
    } catch (error) {
      await watcher.ends(name, error);
      throw error;
    }
    await watcher.ends(name);
    return result;
  };

  return {
    ...parts,
    cartCache: {
      ...cartCache,
      async checkout(userToken, processOrder, options) {
        let under: Step | undefined = 'claim the cart';
        await watcher.begins(under);
        try {
          const result = await cartCache.checkout(
            userToken,
            async (...args) => {
              await watcher.ends('claim the cart');
              under = undefined;
              const order = await processOrder(...args);
              under = 'take the snapshot off the cart';
              await watcher.begins(under);
              return order;
            },
            options,
          );
          await watcher.ends('take the snapshot off the cart');
          return result;
        } catch (error) {
          if (under !== undefined) await watcher.ends(under, error);
          throw error;
        }
      },
    },
    orders: {
      ...orders,
      findUntold: (...args) =>
        step('look for paid orders that somebody was not told of', () => orders.findUntold(...args)),
      findOpen: (...args) => step('look for an open order', () => orders.findOpen(...args)),
      add: (...args) => step('record the order as pending', () => orders.add(...args)),
      isCartClosed: (...args) => step('look once more', () => orders.isCartClosed(...args)),
      setPayment: (...args) => step('record the payment’s id', () => orders.setPayment(...args)),
      end: (...args) => step('record what came of it', () => orders.end(...args)),
      mark: (id, ...marks) => step(marks[0] && markSteps[marks[0]], () => orders.mark(id, ...marks)),
    },
    priceList: { findMany: (ids) => step('price it', () => priceList.findMany(ids)) },
    stock: {
      reserve: (...args) => step('reserve the stock', () => stock.reserve(...args)),
      commit: (id) => step('commit the stock', () => stock.commit(id)),
      release: (id) => step('release the stock', () => stock.release(id)),
    },
    providers: {
      of(method): PaymentProvider {
        const provider = parts.providers.of(method);
        return {
          ...provider,
          create: (...args) => step('create the payment', () => provider.create(...args)),
          confirm: (...args) => step('confirm the payment', () => provider.confirm(...args)),
        };
      },
    },
  };
}
