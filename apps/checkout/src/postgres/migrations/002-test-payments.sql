-- What the test payment provider remembers. It stands for a provider's own database, so nothing here refers to orders.
create table test_payments (
  id uuid primary key default gen_random_uuid(),
  order_id uuid not null unique,
  token text not null,
  state text not null default 'created' check (state in ('created', 'processing', 'charged', 'declined', 'cancelled'))
);
