-- At most one open order is taken from a cart, also when the first of two was given to the user who signed in.
create unique index orders_one_open_of_cart on orders (cart_owner) where status = 'pending';

-- Carts of guests who signed in: nothing is ordered from them any more. A row is needed as long as an attempt may still be under way.
create table closed_carts (
  cart_owner text primary key,
  closed_at timestamptz(3) not null default now()
);
create index closed_carts_closed_at on closed_carts (closed_at);
