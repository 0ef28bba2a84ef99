import { until } from '@badger-store/test-kit';
import { Pool } from 'pg';

/** What PostgreSQL knows of an item, and of all orders with it. */
export interface ItemBooks {
  readonly stock: number;
  readonly reserved: number;
  /** Pieces in paid orders. */
  readonly sold: number;
  readonly paidOrders: number;
  /** Orders whose status and charge do not agree, or that were charged more than once. */
  readonly wrongCharges: number;
  readonly heldReservations: number;
}

/** Reads the databases of all services at once, as none of them may. */
export function openBooks(url: string) {
  const pool = new Pool({ connectionString: url, max: 2 });
  // Idle connections fail when the server stops.
  pool.on('error', () => undefined);

  return {
    async setStock(item: string, stock: number): Promise<void> {
      await pool.query('update inventory.items set stock = $2 where id = $1', [item, stock]);
    },

    async setPrice(item: string, amount: number): Promise<void> {
      await pool.query('update inventory.items set price_amount = $2 where id = $1', [item, amount]);
    },

    async of(item: string): Promise<ItemBooks> {
      const { rows } = await pool.query<ItemBooks>(
        `with lines as (
           select orders.status, (line ->> 'quantity')::int as quantity, payments.state, payments.charges
           from checkout.orders
           cross join json_array_elements(orders.lines) as line
           left join checkout.test_payments payments on payments.order_id = orders.id
           where line ->> 'id' = $1)
         select stock, reserved,
           (select coalesce(sum(quantity), 0)::int from lines where status = 'paid') as sold,
           (select count(*)::int from lines where status = 'paid') as "paidOrders",
           (select count(*)::int from lines
            where (status = 'paid') <> coalesce(state = 'charged', false)
               or coalesce(charges, 0) <> case when status = 'paid' then 1 else 0 end) as "wrongCharges",
           (select count(*)::int from inventory.reservations join inventory.reservation_lines using (checkout_id)
            where status = 'held' and item_id = items.id) as "heldReservations"
         from inventory.items where id = $1`,
        [item],
      );
      const [books] = rows;
      if (!books) throw new Error(`there is no ${item}`);
      return books;
    },

    /** Resolves when nothing is left to do about any order. */
    whenClosed: (timeoutMs?: number) =>
      until(
        'every order is finished',
        async () => (await pool.query('select from checkout.orders where not finished')).rowCount === 0,
        timeoutMs,
      ),

    close: () => pool.end(),
  };
}

export type Books = ReturnType<typeof openBooks>;
