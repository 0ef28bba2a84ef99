create table orders (
  id uuid primary key,
  user_id text not null,
  -- The cart that the order was taken from: the user's, or that of the guest who became the user.
  cart_id text not null,
  cart_version text not null,
  cart_items json not null,
  status text not null check (status in ('pending', 'paid', 'declined', 'cancelled')),
  -- The attempt that owns the order, and how many attempts there were.
  attempt_id uuid not null,
  attempts integer not null default 1,
  lines json not null,
  shipping_amount bigint not null check (shipping_amount >= 0),
  tax_amount bigint not null check (tax_amount >= 0),
  total_amount bigint not null check (total_amount >= 0),
  subtotal_amount bigint not null generated always as (total_amount - shipping_amount - tax_amount) stored
    check (subtotal_amount >= 0),
  currency char(3) not null,
  payment_method text not null,
  payment_id text,
  decline_reason text,
  created_at timestamptz(3) not null default now(),
  inventory_notified_at timestamptz(3),
  cart_updated_at timestamptz(3),
  customer_notified_at timestamptz(3),
  payment_checked_at timestamptz(3),
  next_sweep_at timestamptz(3) not null default now() + interval '30 seconds',
  -- The status is terminal, and the sweeper has nothing left to do.
  finished boolean not null generated always as (
    status <> 'pending'
    and inventory_notified_at is not null
    and (status <> 'paid' or cart_updated_at is not null)
    and (status <> 'cancelled' or payment_id is null or payment_checked_at is not null)
  ) stored
);

-- Two checkouts of one user, or of one cart, never run at once, even when Redis has lost data.
create unique index orders_one_pending_per_user on orders (user_id) where status = 'pending';
create unique index orders_one_pending_per_cart on orders (cart_id) where status = 'pending';

create index orders_newest_first on orders (user_id, created_at desc, id desc);
create index orders_newest_of_cart on orders (cart_id, created_at desc) where status = 'paid';
create index orders_by_cart_version on orders (cart_id, cart_version) where status = 'paid';
create index orders_by_payment on orders (payment_id) where payment_id is not null;
create index orders_due on orders (next_sweep_at) where not finished;
create index orders_unacknowledged on orders (user_id, created_at)
  where status = 'paid' and (cart_updated_at is null or customer_notified_at is null);

create function refuse_order_transition() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' and new.status = 'pending' then return new; end if;
  if tg_op = 'UPDATE' and (new.status = old.status or old.status = 'pending') then return new; end if;
  raise exception 'an order cannot become % here', new.status using errcode = 'check_violation';
end $$;
create trigger orders_transition before insert or update of status on orders
  for each row execute function refuse_order_transition();

-- The outbox. The statement that changes an order's status inserts a row; the row is deleted once Redis has the event.
create table order_events (
  id uuid primary key default gen_random_uuid(),
  position bigint not null unique generated always as identity,
  order_id uuid not null references orders,
  type text not null check (type in ('order.paid', 'order.cancelled')),
  created_at timestamptz(3) not null default now()
);

create table idempotency_keys (
  user_id text not null,
  key text not null,
  body_hash text not null,
  order_id uuid references orders,
  shortages json,
  created_at timestamptz(3) not null default now(),
  primary key (user_id, key),
  check ((order_id is null) <> (shortages is null))
);
create index idempotency_keys_created_at on idempotency_keys (created_at);

-- Carts of guests who signed in: a checkout of such a cart is refused.
create table migrated_carts (
  cart_id text primary key,
  migrated_at timestamptz(3) not null default now()
);
create index migrated_carts_migrated_at on migrated_carts (migrated_at);

-- The test payment provider's own data, so no foreign key refers to orders. `charges` counts the statements that charged.
create table test_payments (
  id uuid primary key default gen_random_uuid(),
  order_id uuid not null unique,
  token text not null,
  amount bigint not null,
  currency char(3) not null,
  state text not null default 'created'
    check (state in ('created', 'processing', 'charged', 'declined', 'cancelled', 'refunded')),
  reason text,
  charges integer not null default 0
);

-- The invoice provider's own data, so no foreign key refers to orders.
create table invoices (
  id uuid primary key default gen_random_uuid(),
  order_id uuid not null unique,
  amount bigint not null check (amount >= 0),
  currency char(3) not null,
  reference text not null,
  state text not null default 'draft' check (state in ('draft', 'issued', 'void', 'credited')),
  issued_at timestamptz(3),
  due_at timestamptz(3),
  check ((state in ('issued', 'credited')) = (issued_at is not null and due_at is not null))
);
create index invoices_due on invoices (due_at) where state = 'issued';
