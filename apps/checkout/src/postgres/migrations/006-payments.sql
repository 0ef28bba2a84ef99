-- What was to be charged, why it was declined, and how often it was charged: by the one statement that charges.
alter table test_payments
  add column amount bigint,
  add column currency char(3),
  add column reason text,
  add column charges integer not null default 0,
  drop constraint test_payments_state_check,
  add constraint test_payments_state_check
    check (state in ('created', 'processing', 'charged', 'declined', 'cancelled', 'refunded'));

-- Orders that are collected later. As with other providers, nothing here refers to orders but by id.
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
