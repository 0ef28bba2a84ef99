import { CheckoutRefusedError, CheckoutUnderWayError, EmptyCartError, type CartCache } from '@badger-store/cart-cache';
import type { Orders } from './orders';

export interface MoveOrdersParts {
  readonly cartCache: Pick<CartCache, 'checkout' | 'settle'>;
  readonly orders: Orders;
}

export type MoveOrders = (guestId: string, userId: string) => Promise<{ moved: number; pending: boolean }>;

/**
 * Gives what a guest ordered to the user whom the guest turned out to be; may be repeated. The guest's cart is first told what was
 * paid, so that nothing of it is merged into the user's. `pending` says that something has to wait for a checkout to end.
 */
export function createMoveOrders({ cartCache, orders }: MoveOrdersParts): MoveOrders {
  return async (guestId, userId) => {
    const lastPaid = await orders.findLastPaid(guestId);
    for (const order of await orders.findUnsettled(guestId)) await cartCache.settle(order.cartOwner, order.checkout);
    if (lastPaid) await cartCache.settle(guestId, lastPaid.checkout);
    const { moved, pending } = await orders.move(guestId, userId);
    return { moved, pending: pending || !(await letGo(guestId)) };
  };

  /** Nobody checks the guest's cart out any more, so a claim without an order would keep its lines from being merged. */
  async function letGo(guestId: string): Promise<boolean> {
    if (await orders.findOpenOfCart(guestId)) return true;
    const refuse = () => Promise.reject(new CheckoutRefusedError('the guest has signed in'));
    try {
      await cartCache.checkout(guestId, refuse, { openCheckout: null });
      return true;
    } catch (error) {
      if (error instanceof CheckoutUnderWayError) return false;
      if (error instanceof CheckoutRefusedError || error instanceof EmptyCartError) return true;
      throw error;
    }
  }
}
