import type { Line, Order } from './client';

export type Quantities = ReadonlyMap<string, number>;

/** What a customer can expect of a cart. */
export interface Expectation {
  /** Adds that were acknowledged. */
  readonly acknowledged: Quantities;
  /** Adds whose outcome is unknown. */
  readonly possible: Quantities;
}

/** Names each item of which there is less than was acknowledged, or more than can have been added. */
export function findWrongLines(lines: readonly Line[], { acknowledged, possible }: Expectation): string[] {
  const actual = new Map(lines.map(({ id, quantity }) => [id, quantity]));
  const ids = new Set([...actual.keys(), ...acknowledged.keys()]);
  return [...ids].flatMap((id) => {
    const quantity = actual.get(id) ?? 0;
    const least = acknowledged.get(id) ?? 0;
    const most = least + (possible.get(id) ?? 0);
    return quantity >= least && quantity <= most ? [] : [`${id}: ${quantity} instead of ${toRange(least, most)}`];
  });
}

/** Compares the orders of a customer with the one checkout that the customer made. */
export function findWrongOrders(orders: readonly Order[], checkedOut: Order, expected: Expectation): string[] {
  const paid = orders.filter(({ status }) => status === 'paid');
  if (paid.length !== 1) return [`${paid.length} paid orders of one checkout`];
  const [order] = paid;
  if (order?.id !== checkedOut.id) return [`the paid order is ${order?.id}, the response named ${checkedOut.id}`];
  return findWrongLines(order.lines, expected).map((wrong) => `order ${order.id}, ${wrong}`);
}

/** Compares what is available with what was there before, less what was sold. */
export function findWrongStock(before: Quantities, sold: Quantities, after: Quantities): string[] {
  return [...before].flatMap(([id, quantity]) => {
    const expected = quantity - (sold.get(id) ?? 0);
    const actual = after.get(id);
    return actual === expected ? [] : [`stock of ${id}: ${actual} instead of ${expected}`];
  });
}

export function addTo(quantities: Map<string, number>, id: string, quantity = 1): void {
  quantities.set(id, (quantities.get(id) ?? 0) + quantity);
}

function toRange(least: number, most: number): string {
  return least === most ? `${least}` : `${least} to ${most}`;
}
