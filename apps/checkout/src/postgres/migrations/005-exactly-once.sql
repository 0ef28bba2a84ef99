-- An order begins as pending, and ends once.
create function refuse_order_move() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' and new.status = 'pending' then return new; end if;
  if tg_op = 'UPDATE' and (new.status = old.status or old.status = 'pending') then return new; end if;
  raise exception 'an order cannot become % here', new.status using errcode = 'check_violation';
end $$;
create trigger orders_move before insert or update of status on orders for each row execute function refuse_order_move();

alter table orders
  add column shipping_amount bigint not null default 0 check (shipping_amount >= 0),
  add column tax_amount bigint not null default 0 check (tax_amount >= 0),
  add column payment_method text not null default 'test',
  add column decline_reason text,
  add column stock_told_at timestamptz(3),
  add column customer_told_at timestamptz(3),
  add column payment_checked_at timestamptz(3),
  -- When the sweeper looks at it, unless an attempt does something about it before.
  add column look_at timestamptz(3) not null default now() + interval '30 seconds';
alter table orders
  add column subtotal_amount bigint not null generated always as (total_amount - shipping_amount - tax_amount) stored
    check (subtotal_amount >= 0);

-- No stock was reserved for the orders from before, and nobody waits for an answer about them.
update orders set stock_told_at = now(), payment_checked_at = now(), customer_told_at = settled_at;

alter table orders add column closed boolean not null generated always as (
  status <> 'pending'
  and stock_told_at is not null
  and (status <> 'paid' or settled_at is not null)
  and (status <> 'cancelled' or payment_id is null or payment_checked_at is not null)
) stored;
create index orders_due on orders (look_at) where not closed;
create index orders_by_payment on orders (payment_id) where payment_id is not null;
drop index orders_unsettled;
create index orders_untold on orders (user_id, created_at)
  where status = 'paid' and (settled_at is null or customer_told_at is null);

-- Written in the same statement as the end of an order, and removed once they are in the stream.
create table order_events (
  id uuid primary key default gen_random_uuid(),
  position bigint not null unique generated always as identity,
  order_id uuid not null references orders,
  type text not null check (type in ('order.paid', 'order.cancelled')),
  created_at timestamptz(3) not null default now()
);

create table checkout_keys (
  user_id text not null,
  key text not null,
  body_hash text not null,
  order_id uuid references orders,
  shortages json,
  created_at timestamptz(3) not null default now(),
  primary key (user_id, key),
  check ((order_id is null) <> (shortages is null))
);
create index checkout_keys_created_at on checkout_keys (created_at);
