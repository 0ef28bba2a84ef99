import { CheckoutInProgressError, EmptyCartError, type CheckoutLock } from '@badger-store/cart-cache';
import { repairCart, type RecoverOrderParts } from './recover-order';

export type MigrateGuestParts = Pick<RecoverOrderParts, 'cartCache' | 'orders'>;

export type MigrateGuest = (guestId: string, userId: string) => Promise<{ moved: number; pending: boolean }>;

/**
 * Reassigns a guest's orders to the user account after sign-in, and ends checkouts of the guest's cart, so that its lines may be
 * merged into the user's cart. Safe to repeat; the caller repeats it while `pending` says that a checkout of that cart is open.
 */
export function createMigrateGuest({ cartCache, orders }: MigrateGuestParts): MigrateGuest {
  /** Resolves to `false` while an order of the cart is pending, or paid but not removed from the cart: the lines stay locked. */
  const migrateCart = async (guestId: string): Promise<boolean> => {
    const pending = await orders.findPending(guestId);
    await repairCart({ cartCache, orders }, await orders.findNewestPaid(guestId));

    // A checkout records its order, then reads whether the cart was migrated. This writes first too, then looks for orders: at least
    // one of the two sees the other.
    const markMigrated = async (lock?: CheckoutLock): Promise<boolean> => {
      if (pending) return false;
      await orders.markCartMigrated(guestId);
      // In this order: an order that is no longer pending in the first query is paid in the second one.
      if (await orders.findPending(guestId)) return false;
      if (lock && (await orders.findPaidFrom(guestId, lock.cartVersion))) return false;
      await lock?.release();
      return true;
    };

    try {
      return await cartCache.withCheckoutLock(guestId, markMigrated, { openCheckout: pending?.checkout ?? null });
    } catch (error) {
      if (error instanceof CheckoutInProgressError) return false;
      if (error instanceof EmptyCartError) return markMigrated();
      throw error;
    }
  };

  return async (guestId, userId) => {
    const isMigrated = await migrateCart(guestId);
    return { moved: await orders.reassign(guestId, userId), pending: !isMigrated };
  };
}
