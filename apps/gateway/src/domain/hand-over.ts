/** Moves a guest's orders to a user; `pending` says that one of them has to wait. */
export type MoveOrders = (guestId: string, userId: string) => Promise<{ pending: boolean }>;

export interface Carts {
  get(userToken: string): Promise<readonly unknown[]>;
  merge(fromToken: string, intoToken: string): Promise<unknown>;
}

/** Gives what a guest has to the user who signed in; resolves to whether nothing is left. Safe to repeat; never rejects. */
export type HandOver = (guestId: string, userId: string) => Promise<boolean>;

export interface HandOverParts {
  readonly carts: Carts;
  readonly moveOrders: MoveOrders;
  readonly report: (error: unknown) => void;
}

/**
 * Orders first: the lines that an open checkout claims stay in the guest's cart until it has ended, and it ends as the user's.
 * A part that fails does not keep the other from being done: a sign-in never fails for it, and a later call makes up for it.
 */
export function createHandOver({ carts, moveOrders, report }: HandOverParts): HandOver {
  return async (guestId, userId) => {
    const moved = await moveOrders(guestId, userId).catch((error: unknown) => {
      report(error);
      return { pending: true };
    });
    try {
      await carts.merge(guestId, userId);
      return !moved.pending && (await carts.get(guestId)).length === 0;
    } catch (error) {
      report(error);
      return false;
    }
  };
}
