import { until } from '@badger-store/test-kit';
import type { Shop, Shopper } from './shop';

interface OrderRow {
  readonly id: string;
  readonly status: string;
  readonly pieces: number;
  readonly charges: number | null;
  readonly state: string | null;
  readonly reservation: string | null;
}

export interface Outcome {
  readonly orders: readonly OrderRow[];
  readonly sold: number;
  readonly stock: number;
  readonly reserved: number;
  readonly inCart: number;
}

/** What the books of all services say of a shopper, once nothing is left to do about any order. */
export async function readOutcome({ books }: Shop, { id, item, cart }: Shopper): Promise<Outcome> {
  await until(
    'nothing is left to do about any order',
    async () => {
      const open = await books.query('select from checkout.orders where user_id = $1 and not finished', [id]);
      return open.rowCount === 0;
    },
    30_000,
  );
  const { rows: orders } = await books.query<OrderRow>(
    `select orders.id, orders.status, (orders.lines -> 0 ->> 'quantity')::int as pieces, payments.charges, payments.state,
            reservations.status as reservation
     from checkout.orders
     left join checkout.test_payments payments on payments.order_id = orders.id
     left join inventory.reservations on reservations.checkout_id = orders.id
     where user_id = $1 order by orders.created_at`,
    [id],
  );
  const { rows } = await books.query<{ stock: number; reserved: number }>(
    'select stock, reserved from inventory.items where id = $1',
    [item],
  );
  const sold = orders.filter(({ status }) => status === 'paid').reduce((sum, { pieces }) => sum + pieces, 0);
  return { orders, sold, stock: rows[0]?.stock ?? -1, reserved: rows[0]?.reserved ?? -1, inCart: await cart() };
}

/** After any fault: each order agrees with its charge, no customer is charged twice, and the stock is reduced by what was sold. */
export function expectAgreement({ orders, sold, stock, reserved }: Outcome, stockBefore: number): void {
  for (const { status, charges, state, reservation } of orders) {
    const isPaid = status === 'paid';
    expect({
      status,
      charges: charges ?? 0,
      isCharged: state === 'charged',
      isSold: reservation === 'committed',
    }).toEqual({
      status,
      charges: isPaid ? 1 : 0,
      isCharged: isPaid,
      isSold: isPaid,
    });
  }
  expect({ stock, reserved }).toEqual({ stock: stockBefore - sold, reserved: 0 });
}
