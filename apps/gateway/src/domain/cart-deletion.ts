import type { Carts } from '@badger-store/cart-cache';

/** A cart of a deleted account. */
export interface CartDeletion {
  readonly cartId: string;
  /** All access tokens of the account have expired, so nothing is added to the cart. */
  readonly tokensExpired: boolean;
}

/** Written by `Sessions.deleteAccount`. */
export interface CartDeletions {
  /** Due deletions, each for one caller at a time. */
  takeDue(limit: number): Promise<CartDeletion[]>;
  markDone(cartId: string): Promise<void>;
}

export interface DeleteCartsParts {
  /** Rejects while a checkout of the cart is open. */
  readonly carts: Pick<Carts, 'delete'>;
  readonly deletions: CartDeletions;
  readonly report: (error: unknown) => void;
}

const maxDue = 20;

/** Why a cart is deleted again after its account was: docs/security.md, "Account deletion". */
export function createDeleteCarts({ carts, deletions, report }: DeleteCartsParts) {
  const forEach = async <Item>(items: readonly Item[], run: (item: Item) => Promise<void>) => {
    await Promise.all(items.map((item) => run(item).catch(report)));
  };

  return {
    /** Reports failures; the sweeper retries them. */
    deleteNow: (cartIds: readonly string[]): Promise<void> => forEach(cartIds, (cartId) => carts.delete(cartId)),
    /** Resolves to whether more deletions may be due. */
    async sweep(): Promise<boolean> {
      const due = await deletions.takeDue(maxDue);
      await forEach(due, async ({ cartId, tokensExpired }) => {
        await carts.delete(cartId);
        if (tokensExpired) await deletions.markDone(cartId);
      });
      return due.length === maxDue;
    },
  };
}

export type DeleteCarts = ReturnType<typeof createDeleteCarts>;
