import { CheckoutInProgressError, EmptyCartError, type CheckoutLock } from '@badger-store/cart-cache';
import { repairCart, type RecoverOrderParts } from './recover-order';

export type MigrateGuestParts = Pick<RecoverOrderParts, 'cartCache' | 'orders'>;

export type MigrateGuest = (guestId: string, userId: string) => Promise<{ moved: number; pending: boolean }>;

/**
 * Reassigns a guest's orders to the user account after sign-in, and closes the guest's cart for checkouts, so that its lines may be
 * merged into the user's cart. Safe to repeat; the caller repeats it while `pending` says that a checkout of that cart is open.
 */
export function createMigrateGuest({ cartCache, orders }: MigrateGuestParts): MigrateGuest {
  /** Resolves to whether the cart is closed. Until then its lines stay locked while an order is open, or not taken off the cart. */
  const close = async (guestId: string): Promise<boolean> => {
    const open = await orders.findPending(guestId);
    await repairCart({ cartCache, orders }, await orders.findNewestPaid(guestId));

    // Whoever records an order looks afterwards whether the cart was closed; this closes it, and looks for orders afterwards.
    const closeForGood = async (lock?: CheckoutLock): Promise<boolean> => {
      if (open) return false;
      await orders.markCartMigrated(guestId);
      // One after the other: an order that is no longer open for the first look is paid for the second one.
      if (await orders.findPending(guestId)) return false;
      if (lock && (await orders.findPaidFrom(guestId, lock.cartVersion))) return false;
      await lock?.release();
      return true;
    };

    try {
      return await cartCache.withCheckoutLock(guestId, closeForGood, { openCheckout: open?.checkout ?? null });
    } catch (error) {
      if (error instanceof CheckoutInProgressError) return false;
      if (error instanceof EmptyCartError) return closeForGood();
      throw error;
    }
  };

  return async (guestId, userId) => {
    const isClosed = await close(guestId);
    return { moved: await orders.reassign(guestId, userId), pending: !isClosed };
  };
}
