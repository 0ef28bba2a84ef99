import {
  CheckoutOutcomeUnknownError,
  CheckoutRefusedError,
  CheckoutUnderWayError,
  EmptyCartError,
  type CartCache,
  type CheckoutContext,
} from '@badger-store/cart-cache';
import { completePaidOrders } from './close-order';
import type { Orders } from './orders';

export interface MigrateGuestParts {
  readonly cartCache: Pick<CartCache, 'checkout' | 'settle'>;
  readonly orders: Orders;
}

export type MigrateGuest = (guestId: string, userId: string) => Promise<{ moved: number; pending: boolean }>;

/** Keeps the claim: an order of the guest's cart is open, or not taken off it, so its lines stay where they are. */
class OrderOpen extends Error {}

/**
 * Reassigns a guest's orders to the user account after sign-in, and closes the guest's cart for checkouts, so that its lines may be
 * merged into the user's cart. Safe to repeat; the caller repeats it while `pending` says that a checkout of that cart is open.
 */
export function createMigrateGuest({ cartCache, orders }: MigrateGuestParts): MigrateGuest {
  return async (guestId, userId) => {
    const isClosed = await close(guestId);
    return { moved: await orders.reassign(guestId, userId), pending: !isClosed };
  };

  /**
   * Tells the cart what was paid, and makes sure that its lines are claimed while an order is open, and free when none will come
   * any more. Resolves to whether none will.
   */
  async function close(guestId: string): Promise<boolean> {
    const open = await orders.findOpen(guestId);
    const newestPaidId = await completePaidOrders({ cartCache, orders }, guestId);

    // Whoever records an order looks afterwards whether the cart was closed; this closes it, and looks for orders afterwards.
    const closeForGood = async (claimed?: Pick<CheckoutContext, 'incarnation'>): Promise<boolean> => {
      if (open) return false;
      await orders.closeCart(guestId);
      // One after the other: an order that is no longer open for the first look is paid for the second one.
      if (await orders.findOpen(guestId)) return false;
      const newestPaid = await orders.findNewestPaid(guestId);
      const soldTo = claimed && (await orders.findPaidFrom(guestId, claimed.incarnation));
      return newestPaid?.id === newestPaidId && soldTo === undefined;
    };

    try {
      return await cartCache.checkout<boolean>(
        guestId,
        async (_items, _checkoutId, context) => {
          throw (await closeForGood(context)) ? new CheckoutRefusedError('the guest has signed in') : new OrderOpen();
        },
        { openCheckout: open?.checkout ?? null },
      );
    } catch (error) {
      if (error instanceof CheckoutUnderWayError) return false;
      if (error instanceof CheckoutRefusedError) return true;
      if (error instanceof CheckoutOutcomeUnknownError && error.cause instanceof OrderOpen) return false;
      if (error instanceof EmptyCartError) return closeForGood();
      throw error;
    }
  }
}
