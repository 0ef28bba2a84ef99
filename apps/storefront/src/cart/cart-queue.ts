import { createStore } from '../api/store';
import { hasCode, isTransient } from '../api/problem';
import type { CartLine } from '../api/types';

/** What a customer wants of a line: so many more or fewer, or none at all. */
export interface Change {
  readonly id: string;
  readonly difference: number | 'remove';
  /** Sent with an add, so that a repeat adds nothing. */
  readonly key: string;
  /** What the line was to be when the change was last sent, whose response may be lost. */
  readonly target?: number;
}

export interface ServerCart {
  readonly lines: readonly CartLine[];
  readonly etag?: string;
}

export interface CartState {
  readonly status: 'loading' | 'ready' | 'unavailable';
  readonly cart: ServerCart;
  /** In the order in which they are sent; the first one may be on its way. */
  readonly pending: readonly Change[];
  /** Why the last change was refused. */
  readonly refusal?: { readonly id: string; readonly error: unknown };
}

export interface CartServer {
  read(): Promise<ServerCart>;
  send(change: Change, cart: ServerCart): Promise<ServerCart>;
}

export interface CartQueueParts {
  readonly server: CartServer;
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  readonly newKey: () => string;
  readonly sleep: (ms: number) => Promise<void>;
  /** The cart as another tab should show it. */
  readonly onChanged: (cart: ServerCart) => void;
}

const place = 'badger-store.cart-changes';
const firstPauseMs = 500;
const maxPauseMs = 5000;

/**
 * Shows each change immediately, and sends the changes one after another. A change is kept, across reloads, until the store has responded;
 * it waits while the cart is unavailable. After any response the page shows the store's cart.
 */
export function createCartQueue({ server, storage, newKey, sleep, onChanged }: CartQueueParts) {
  const store = createStore<CartState>({
    status: 'loading',
    cart: { lines: [] },
    pending: JSON.parse(storage.getItem(place) ?? '[]') as Change[],
  });
  let running: Promise<void> | undefined;
  /** Counts responses to changes: a read that began before is out of date. */
  let responses = 0;

  function setPending(change: (pending: readonly Change[]) => readonly Change[]): void {
    store.update(({ pending }) => ({ pending: change(pending) }));
    const { pending } = store.read();
    if (pending.length === 0) storage.removeItem(place);
    else storage.setItem(place, JSON.stringify(pending));
  }

  function replaceFirst(first: Change): void {
    setPending(([, ...others]) => [first, ...others]);
  }

  const run = (): Promise<void> => (running ??= sendAll().finally(() => (running = undefined)));

  async function sendAll(): Promise<void> {
    for (let failures = 0; ;) {
      const [change] = store.read().pending;
      if (!change) return;
      try {
        const cart = await sendOne(change);
        failures = 0;
        responses += 1;
        store.update(() => ({ status: 'ready', cart }));
        setPending(([, ...others]) => others);
        onChanged(cart);
      } catch (error) {
        if (isTransient(error)) {
          store.update(() => ({ status: 'unavailable' }));
          failures += 1;
          await sleep(Math.min(maxPauseMs, firstPauseMs * 2 ** (failures - 1)));
          continue;
        }
        setPending(([, ...others]) => others);
        store.update(() => ({ refusal: { id: change.id, error } }));
        await refresh();
      }
    }
  }

  async function sendOne(change: Change): Promise<ServerCart> {
    for (;;) {
      const { cart } = store.read();
      const quantity = getQuantity(cart.lines, change.id);
      const sent = { ...change, target: getTarget(change, quantity) };
      if (sent.target === quantity) return cart;
      replaceFirst(sent);
      try {
        return await server.send(sent, cart);
      } catch (error) {
        if (hasCode(error, 'CART_VERSION_CONFLICT', 'PRECONDITION_FAILED')) {
          const found = await server.read();
          // A condition that fails on the present version never holds: the change is sent without one.
          const isConditionUseless = found.etag === cart.etag;
          store.update(() => ({ cart: isConditionUseless ? { lines: found.lines } : found }));
          // The response to the same change was lost before: it is done.
          if (change.target !== undefined && getQuantity(found.lines, change.id) === change.target) return found;
          continue;
        }
        if (hasCode(error, 'ITEM_NOT_IN_CART') && !isAdd(change)) return server.read();
        throw error;
      }
    }
  }

  async function refresh(): Promise<void> {
    const before = responses;
    try {
      const cart = await server.read();
      if (responses === before) store.update(() => ({ status: 'ready', cart }));
    } catch (error) {
      if (isTransient(error)) store.update(() => ({ status: 'unavailable' }));
      else store.update(() => ({ status: 'ready', cart: { lines: [] } }));
    }
  }

  return {
    ...store,
    run,
    refresh,
    /** So many more of an item, or fewer. Clicks in quick succession become one request. */
    change(id: string, difference: number): void {
      store.update(() => ({ refusal: undefined }));
      setPending((pending) => {
        const last = pending.findLastIndex((change, n) => change.id === id && (n > 0 || !running));
        const found = pending[last];
        if (!found || found.difference === 'remove') return [...pending, { id, difference, key: newKey() }];
        const sum = found.difference + difference;
        return sum === 0 ? pending.toSpliced(last, 1) : pending.with(last, { ...found, difference: sum });
      });
      void run();
    },
    remove(id: string): void {
      store.update(() => ({ refusal: undefined }));
      setPending((pending) => [...pending, { id, difference: 'remove', key: newKey() }]);
      void run();
    },
    /** The response to another tab. */
    take: (cart: ServerCart) => store.update(() => ({ status: 'ready', cart })),
    dismissRefusal: () => store.update(() => ({ refusal: undefined })),
  };
}

export type CartQueue = ReturnType<typeof createCartQueue>;

const getQuantity = (lines: readonly CartLine[], id: string) => lines.find((line) => line.id === id)?.quantity ?? 0;

export const isAdd = ({ difference }: Change): boolean => difference !== 'remove' && difference > 0;

function getTarget({ difference }: Change, quantity: number): number {
  return difference === 'remove' ? 0 : Math.max(0, quantity + difference);
}

/** The lines as they will be once all changes are made. */
export function linesAfter(lines: readonly CartLine[], pending: readonly Change[]): readonly CartLine[] {
  return pending.reduce<readonly CartLine[]>((result, change) => {
    const quantity = getQuantity(result, change.id);
    const target = getTarget(change, quantity);
    if (target === 0) return result.filter(({ id }) => id !== change.id);
    if (quantity === 0) return [...result, { id: change.id, quantity: target }];
    return result.map((line) => (line.id === change.id ? { ...line, quantity: target } : line));
  }, lines);
}
