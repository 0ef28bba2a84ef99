import type { PaymentProvider } from '../domain/payment-provider';
import type { PlaceOrderParts } from '../domain/place-order';

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
export type Edge = 'before' | 'after';
export type AtStep = (step: Step, edge: Edge) => Promise<void>;

const markSteps = {
  'stock-told': 'note that inventory was told',
  'cart-told': 'note that the cart was told',
  'customer-told': 'note that the customer was told',
  'payment-checked': undefined,
} as const;

/** The parts of a checkout, with a stop before and after each step. */
export function withStops(parts: PlaceOrderParts, at: AtStep): PlaceOrderParts {
  const { cartCache, orders, stock, priceList } = parts;
  const stop = async <Result>(step: Step | undefined, work: () => Promise<Result>): Promise<Result> => {
    if (step === undefined) return work();
    await at(step, 'before');
    const result = await work();
    await at(step, 'after');
    return result;
  };

  return {
    ...parts,
    cartCache: {
      ...cartCache,
      async checkout(userToken, processOrder, options) {
        await at('claim the cart', 'before');
        const result = await cartCache.checkout(
          userToken,
          async (...args) => {
            await at('claim the cart', 'after');
            const order = await processOrder(...args);
            await at('take the snapshot off the cart', 'before');
            return order;
          },
          options,
        );
        await at('take the snapshot off the cart', 'after');
        return result;
      },
    },
    orders: {
      ...orders,
      findUntold: (...args) =>
        stop('look for paid orders that somebody was not told of', () => orders.findUntold(...args)),
      findOpen: (...args) => stop('look for an open order', () => orders.findOpen(...args)),
      add: (...args) => stop('record the order as pending', () => orders.add(...args)),
      isCartClosed: (...args) => stop('look once more', () => orders.isCartClosed(...args)),
      setPayment: (...args) => stop('record the payment’s id', () => orders.setPayment(...args)),
      end: (...args) => stop('record what came of it', () => orders.end(...args)),
      mark: (id, ...marks) => stop(marks[0] && markSteps[marks[0]], () => orders.mark(id, ...marks)),
    },
    priceList: { findMany: (ids) => stop('price it', () => priceList.findMany(ids)) },
    stock: {
      reserve: (...args) => stop('reserve the stock', () => stock.reserve(...args)),
      commit: (id) => stop('commit the stock', () => stock.commit(id)),
      release: (id) => stop('release the stock', () => stock.release(id)),
    },
    providers: {
      of(method): PaymentProvider {
        const provider = parts.providers.of(method);
        return {
          ...provider,
          create: (...args) => stop('create the payment', () => provider.create(...args)),
          confirm: (...args) => stop('confirm the payment', () => provider.confirm(...args)),
        };
      },
    },
  };
}
