create table orders (
  id uuid primary key,
  user_id text not null,
  status text not null check (status in ('pending', 'paid', 'declined', 'cancelled')),
  attempt_id uuid not null,
  attempt integer not null default 1,
  cart_items json not null,
  cart_incarnation text not null,
  lines json not null,
  total_amount bigint not null check (total_amount >= 0),
  currency char(3) not null,
  payment_id text,
  created_at timestamptz(3) not null default now(),
  settled_at timestamptz(3)
);

-- At most one open checkout a user, whatever Redis remembers.
create unique index orders_one_open on orders (user_id) where status = 'pending';
create index orders_newest_first on orders (user_id, created_at desc, id desc);
