create table users (
  id text primary key,
  email text not null constraint users_email unique,
  password_hash text not null,
  -- Raised by a password change and by logout-all. Sessions and access tokens with an older version are refused.
  session_version integer not null default 1,
  created_at timestamptz not null default now()
);

create table api_keys (
  id text primary key,
  name text not null,
  scopes text[] not null,
  secret_hash text not null,
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);

-- A guest's session has no row until its first refresh or its end. A row is kept until its refresh tokens have expired.
create table sessions (
  id text primary key,
  user_id text not null,
  kind text not null check (kind in ('guest', 'user')),
  -- The user's when the session began or changed the password; 0 for a guest.
  session_version integer not null,
  scopes text[] not null,
  api_key_id text,
  -- Of the current refresh token, and of the one that it replaced.
  generation integer not null default 1,
  previous_generation integer not null default 0,
  rotated_at timestamptz not null default now(),
  started_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz
);
create index sessions_expires_at on sessions (expires_at);
create index sessions_user_id on sessions (user_id);

-- Written in the transaction that ends a session, raises session_version or revokes an API key. Readers continue at a transaction id,
-- since times are assigned before the commit.
create table revocations (
  xid xid8 not null default pg_current_xact_id(),
  position bigint not null generated always as identity,
  kind text not null check (kind in ('session', 'user', 'api-key')),
  target text not null,
  -- Of a user: older tokens are refused, except those of kept_session.
  session_version integer,
  kept_session text,
  revoked_at timestamptz not null default now(),
  primary key (xid, position),
  check ((kind = 'user') = (session_version is not null))
);
create index revocations_revoked_at on revocations (revoked_at);

-- A guest belongs to the first user who signed in.
create table guest_migrations (
  guest_id text primary key,
  user_id text not null references users,
  created_at timestamptz not null default now(),
  -- Until then the guest may add to the cart.
  tokens_expire_at timestamptz not null,
  -- Next run of the sweeper.
  due_at timestamptz not null default now(),
  done_at timestamptz,
  -- By the id of the merge.
  clamped jsonb not null default '{}',
  clamped_shown_at timestamptz
);
create index guest_migrations_user on guest_migrations (user_id);
create index guest_migrations_due on guest_migrations (due_at) where done_at is null;

-- Carts of deleted accounts, written in the transaction that deletes the account. A row is kept until the account's userTokens have
-- expired and its cart is deleted.
create table cart_deletions (
  cart_id text primary key,
  requested_at timestamptz not null default now(),
  -- Next run of the sweeper.
  due_at timestamptz not null default now()
);
create index cart_deletions_due on cart_deletions (due_at);
