import type { Carts, ClampedLine } from '@badger-store/cart-cache';

/** A guest whose cart and orders are reassigned to a user account after sign-in. */
export interface GuestMigration {
  readonly guestId: string;
  readonly userId: string;
  /** All access tokens of the guest have expired, so nothing is added to the guest's cart. */
  readonly tokensExpired: boolean;
}

/** Reassigns a guest's orders to a user; `pending` if a checkout of the guest's cart is open. Idempotent. */
export type MigrateOrders = (guestId: string, userId: string) => Promise<{ pending: boolean }>;

export interface GuestMigrations {
  /** Open migrations of a user, the newest first, at most five. */
  findOpen(userId: string): Promise<GuestMigration[]>;
  /** Due migrations, each for one caller at a time. */
  takeDue(limit: number): Promise<GuestMigration[]>;
  /** Stores clamped lines until the user was shown them. Idempotent by `mergeId`. */
  recordClamped(migration: GuestMigration, mergeId: string, lines: readonly ClampedLine[]): Promise<void>;
  /** Lines that the user was not shown, or was shown within the last minute: a response may get lost. */
  takeClamped(userId: string): Promise<ClampedLine[]>;
  markDone(guestId: string): Promise<void>;
  /** Deletes a batch of old migrations. */
  purge(): Promise<void>;
}

export interface MigrateGuestParts {
  readonly carts: Pick<Carts, 'get' | 'merge'>;
  readonly migrateOrders: MigrateOrders;
  readonly migrations: GuestMigrations;
  readonly report: (error: unknown) => void;
}

const maxDue = 20;

/** When a migration runs, and when it is done: docs/security.md, "Guest migration". */
export function createMigrateGuest({ carts, migrateOrders, migrations, report }: MigrateGuestParts) {
  /**
   * Orders first: the lines of an open checkout stay in the guest's cart until it ends, and its order is then the user's. The cart is
   * merged even if checkout is unavailable. Rejects if the cart can't be merged.
   */
  const migrate = async (migration: GuestMigration): Promise<void> => {
    const { guestId, userId, tokensExpired } = migration;
    const orders = await migrateOrders(guestId, userId).catch((error: unknown) => {
      report(error);
      return { pending: true };
    });
    await carts.merge(guestId, userId, {
      onClamped: ({ mergeId, lines }) => migrations.recordClamped(migration, mergeId, lines),
    });
    if (!tokensExpired || orders.pending) return;
    if ((await carts.get(guestId)).length === 0) await migrations.markDone(guestId);
  };
  const migrateAll = async (all: readonly GuestMigration[]) => {
    const results = await Promise.allSettled(all.map(migrate));
    for (const result of results) if (result.status === 'rejected') report(result.reason);
  };

  return {
    migrate,
    /** Reports failures; a later run retries them. */
    migrateOpen: (userId: string): Promise<void> => migrations.findOpen(userId).then(migrateAll).catch(report),
    /** Reports failures: a session does not fail for this notice, which the next response has. */
    takeClamped: (userId: string): Promise<readonly ClampedLine[]> =>
      migrations.takeClamped(userId).catch((error: unknown) => {
        report(error);
        return [];
      }),
    /** Resolves to whether more migrations may be due. */
    async sweep(): Promise<boolean> {
      const due = await migrations.takeDue(maxDue);
      await migrateAll(due);
      return due.length === maxDue;
    },
  };
}

export type MigrateGuest = ReturnType<typeof createMigrateGuest>;
