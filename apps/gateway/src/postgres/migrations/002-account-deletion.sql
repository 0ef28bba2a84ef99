create index sessions_user_id on sessions (user_id);

-- Carts of deleted accounts, written in the transaction that deletes the account. A row is kept until the account's userTokens have
-- expired and its cart is deleted.
create table cart_deletions (
  cart_id text primary key,
  requested_at timestamptz not null default now(),
  -- Next run of the sweeper.
  due_at timestamptz not null default now()
);
create index cart_deletions_due on cart_deletions (due_at);
