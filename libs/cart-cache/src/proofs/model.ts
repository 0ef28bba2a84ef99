import type { CartItem, MergeRule } from '../index';

/** What a cart cache answers: a value, or the `code` of its error. */
export type Answer = { readonly value: unknown } | { readonly code: string };

const value = (it: unknown): Answer => ({ value: it });
const code = (it: string): Answer => ({ code: it });

export interface ModelCheckout {
  readonly checkoutId: string;
  readonly items: CartItem[];
  readonly life: number;
}

interface OpenCheckout extends ModelCheckout {
  readonly claimed: Map<string, number>;
  /** The attempt that holds it; none after an unknown outcome. */
  attempt: number | undefined;
}

interface ModelCart {
  lines: CartItem[];
  /** Changes when the cart is filled anew, and when a checkout is taken off it. */
  life: number;
  readonly operations: Map<string, string>;
  open: OpenCheckout | undefined;
}

/** What carts promise, in as plain words as a program can: arrays in memory, one command after the other. */
export class Model {
  private readonly carts = new Map<string, ModelCart>();
  private lives = 0;

  constructor(private readonly limits: { readonly maxLines: number; readonly maxQuantity: number }) {}

  items = (user: string): CartItem[] => this.cart(user).lines.map((line) => ({ ...line }));

  open = (user: string): Readonly<OpenCheckout> | undefined => this.cart(user).open;

  add(user: string, { id, quantity }: CartItem, operationId: string | undefined, reply: 'cart' | 'quantity'): Answer {
    const cart = this.cart(user);
    const answer = () => value(reply === 'cart' ? this.items(user) : this.held(user, id));
    const known = operationId && cart.operations.get(operationId);
    const what = JSON.stringify([id, quantity]);
    if (known) return known === what ? answer() : code('OPERATION_ID_REUSED');
    if (this.held(user, id) + quantity > this.limits.maxQuantity) return code('TOO_MANY_OF_ITEM');
    if (this.held(user, id) === 0 && cart.lines.length >= this.limits.maxLines) return code('TOO_MANY_LINES');
    this.put(user, id, this.held(user, id) + quantity);
    if (operationId) cart.operations.set(operationId, what);
    return answer();
  }

  set(user: string, items: readonly CartItem[]): Answer {
    if (items.some(({ quantity }) => quantity > this.limits.maxQuantity)) return code('TOO_MANY_OF_ITEM');
    if (items.length > this.limits.maxLines) return code('TOO_MANY_LINES');
    const cart = this.cart(user);
    if (cart.lines.length === 0) cart.life = ++this.lives;
    cart.lines = items.map((item) => ({ ...item }));
    this.cutClaims(user);
    return value(undefined);
  }

  setQuantity(user: string, id: string, quantity: number): Answer {
    if (quantity > this.limits.maxQuantity) return code('TOO_MANY_OF_ITEM');
    if (this.held(user, id) === 0) return code('ITEM_NOT_IN_CART');
    this.put(user, id, quantity);
    this.cutClaims(user);
    return value(this.items(user));
  }

  merge(from: string, into: string, rule: MergeRule): Answer {
    const claimed = (id: string) => this.open(from)?.claimed.get(id) ?? 0;
    const moved = this.items(from)
      .map(({ id, quantity }) => ({ id, quantity: quantity - claimed(id) }))
      .filter(({ quantity }) => quantity > 0);
    const clamped: unknown[] = [];
    for (const [operationId, what] of this.cart(from).operations) {
      const { operations } = this.cart(into);
      if (!operations.has(operationId)) operations.set(operationId, what);
    }
    if (from !== into && moved.length > 0) {
      for (const { id } of moved) this.put(from, id, claimed(id));
      const target = this.cart(into);
      const life = target.lines.length > 0 ? target.life : ++this.lives;
      if (rule === 'replace') target.lines = [];
      for (const { id, quantity } of moved) {
        const before = this.held(into, id);
        const requested = rule === 'max' ? Math.max(before, quantity) : before + quantity;
        const hasRoom = before > 0 || this.cart(into).lines.length < this.limits.maxLines;
        const got = hasRoom ? Math.min(requested, this.limits.maxQuantity) : 0;
        this.put(into, id, got);
        if (got < requested) clamped.push({ id, requested, quantity: got });
      }
      target.life = life;
      this.cutClaims(into);
    }
    return value({ cart: this.items(into), clamped });
  }

  /** `known` is what the caller's record says: a checkout, `null` for none, or nothing at all. `newId` is for a new one. */
  begin(user: string, attempt: number, known: ModelCheckout | null | undefined, newId: string): Answer {
    const cart = this.cart(user);
    if (cart.open?.attempt !== undefined) return code('CHECKOUT_UNDER_WAY');
    let resumed = true;
    if (!cart.open || (known !== undefined && known?.checkoutId !== cart.open.checkoutId)) {
      cart.open = undefined;
      resumed = Boolean(known);
      if (!known && cart.lines.length === 0) return code('EMPTY_CART');
      const checkout = known ?? { checkoutId: newId, items: this.items(user), life: cart.life };
      const ofThisCart = cart.lines.length > 0 && checkout.life === cart.life;
      const claimed = new Map(ofThisCart ? checkout.items.map(({ id, quantity }) => [id, quantity]) : []);
      cart.open = { ...checkout, claimed, attempt: undefined };
      this.cutClaims(user);
    }
    cart.open.attempt = attempt;
    return value({ checkoutId: cart.open.checkoutId, items: cart.open.items, resumed });
  }

  finish(user: string, attempt: number, outcome: 'done' | 'refused' | 'unknown') {
    const cart = this.cart(user);
    const isHolder = cart.open?.attempt === attempt;
    if (outcome === 'done' && !isHolder) return { outcome: 'completed', isCartUpdated: false };
    if (isHolder && cart.open) {
      if (outcome === 'unknown') cart.open.attempt = undefined;
      else if (outcome === 'refused') cart.open = undefined;
      else this.settle(user, cart.open);
    }
    if (outcome === 'done') return { outcome: 'completed', isCartUpdated: true };
    return { outcome: outcome === 'refused' ? 'rejected' : 'unknown', isCartUpdated: true };
  }

  /** Counts once: afterwards the claim is gone and the cart that it was of has begun another life. */
  settle(user: string, { checkoutId, items, life }: ModelCheckout): Answer {
    const cart = this.cart(user);
    let taken: (readonly [string, number])[];
    let ofThisCart = true;
    if (cart.open?.checkoutId === checkoutId) {
      taken = [...cart.open.claimed];
      ofThisCart = cart.open.life === cart.life;
      cart.open = undefined;
    } else {
      if (cart.lines.length === 0 || life !== cart.life) return value(undefined);
      taken = items.map(({ id, quantity }) => [id, quantity] as const);
    }
    for (const [id, amount] of taken) this.put(user, id, Math.max(0, this.held(user, id) - amount));
    if (ofThisCart) cart.life = ++this.lives;
    this.cutClaims(user);
    return value(undefined);
  }

  /** Redis lost the claim, and nothing else. */
  loseClaim(user: string): void {
    this.cart(user).open = undefined;
  }

  private held = (user: string, id: string): number =>
    this.cart(user).lines.find((line) => line.id === id)?.quantity ?? 0;

  private put(user: string, id: string, quantity: number): void {
    const cart = this.cart(user);
    if (cart.lines.length === 0 && quantity > 0) cart.life = ++this.lives;
    if (quantity === 0) cart.lines = cart.lines.filter((line) => line.id !== id);
    else if (this.held(user, id) === 0) cart.lines = [...cart.lines, { id, quantity }];
    else cart.lines = cart.lines.map((line) => (line.id === id ? { id, quantity } : line));
  }

  /** Nobody claims more than what is there. */
  private cutClaims(user: string): void {
    const claimed = this.cart(user).open?.claimed ?? new Map<string, number>();
    for (const [id, amount] of claimed) claimed.set(id, Math.min(amount, this.held(user, id)));
  }

  private cart(user: string): ModelCart {
    const cart = this.carts.get(user) ?? { lines: [], life: 0, operations: new Map(), open: undefined };
    this.carts.set(user, cart);
    return cart;
  }
}
