/** A guest whose cart and orders go to the user account that the guest signed in to. */
export interface GuestMigration {
  readonly guestId: string;
  readonly userId: string;
  /** No userToken of the guest is valid any more, so nothing is added to the guest's cart. */
  readonly tokensExpired: boolean;
}

/** A line of which a limit let less into the user's cart than guest and user had together. */
export interface ClampedLine {
  readonly id: string;
  readonly requested: number;
  /** What the user's cart has of it; 0 where there was no room for another line. */
  readonly quantity: number;
}

/** What the migration needs of the cart cache. */
export interface Carts {
  get(userId: string): Promise<readonly unknown[]>;
  merge(
    guestId: string,
    userId: string,
    options: { onClamped(merge: { mergeId: string; lines: readonly ClampedLine[] }): Promise<void> },
  ): Promise<unknown>;
}

/** Reassigns a guest's orders to a user; `pending` says that a checkout of the guest's cart is open. Safe to repeat. */
export type MigrateOrders = (guestId: string, userId: string) => Promise<{ pending: boolean }>;

/** The record of migrations, in which a guest belongs to one user for good. */
export interface GuestMigrations {
  /** Those of a user that are not done, the newest first, at most five. */
  findOpen(userId: string): Promise<GuestMigration[]>;
  /** Takes migrations whose next round is due, each for one caller at a time, at most that many. */
  takeDue(limit: number): Promise<GuestMigration[]>;
  /** Keeps what was clamped until the user was shown it; may be repeated for the same merge. */
  recordClamped(migration: GuestMigration, mergeId: string, lines: readonly ClampedLine[]): Promise<void>;
  /** What the user was not shown yet, or within the last minute, for a response may get lost. */
  takeClamped(userId: string): Promise<ClampedLine[]>;
  markDone(guestId: string): Promise<void>;
  /** Forgets migrations that are long done; a bounded number. */
  purge(): Promise<void>;
}

export interface MigrateGuestParts {
  readonly carts: Carts;
  readonly migrateOrders: MigrateOrders;
  readonly migrations: GuestMigrations;
  readonly report: (error: unknown) => void;
}

const maxDue = 20;

/**
 * Guest migration goes in rounds: at the sign-in, at each later sign-in or refresh of the user, and by the sweeper. It is done when no
 * userToken of the guest is valid any more, no checkout of the guest's cart is open, and that cart is empty.
 */
export function createMigrateGuest({ carts, migrateOrders, migrations, report }: MigrateGuestParts) {
  /**
   * Orders first: the lines that an open checkout has locked stay in the guest's cart until it has ended, and it ends as the user's.
   * Orders that can't be reassigned now do not keep the cart from being merged. Rejects where the cart can't be.
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
    /** A round of what is open of a user; what fails is reported, and is for a later round. */
    migrateOpen: async (userId: string): Promise<void> => migrateAll(await migrations.findOpen(userId)),
    /** A round of what is due; resolves to whether there may be more. */
    async sweep(): Promise<boolean> {
      const due = await migrations.takeDue(maxDue);
      await migrateAll(due);
      return due.length === maxDue;
    },
  };
}

export type MigrateGuest = ReturnType<typeof createMigrateGuest>;
