create table users (
  id text primary key,
  email text not null constraint users_email unique,
  password_hash text not null,
  -- Raised by a password change and by sign-out everywhere. A session or userToken with an older number is refused.
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

-- A guest's session has a row from its first refresh, or from its end. A row is kept until no refresh token of it is valid.
create table sessions (
  id text primary key,
  user_id text not null,
  kind text not null check (kind in ('guest', 'user')),
  -- That of the user when the session began, or when it changed the password; 0 of a guest.
  session_version integer not null,
  scopes text[] not null,
  api_key_id text,
  -- Of the refresh token that is current, and of the one that it replaced.
  generation integer not null default 1,
  previous_generation integer not null default 0,
  rotated_at timestamptz not null default now(),
  started_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz
);
create index sessions_expires_at on sessions (expires_at);

-- Whom services have to refuse although a userToken is still valid: written in the transaction that ends a session, raises
-- session_version or revokes an API key. Readers continue at a transaction id, for times are assigned before a commit.
create table revocations (
  xid xid8 not null default pg_current_xact_id(),
  position bigint not null generated always as identity,
  kind text not null check (kind in ('session', 'user', 'api-key')),
  target text not null,
  -- Of a user: tokens with an older one are refused, except those of the session that goes on.
  session_version integer,
  kept_session text,
  revoked_at timestamptz not null default now(),
  primary key (xid, position),
  check ((kind = 'user') = (session_version is not null))
);
create index revocations_revoked_at on revocations (revoked_at);

-- Which user a guest has become. The first user wins.
create table guest_migrations (
  guest_id text primary key,
  user_id text not null references users,
  created_at timestamptz not null default now(),
  -- When no userToken of the guest is valid any more: until then, something may be added to the guest's cart.
  tokens_expire_at timestamptz not null,
  -- When the sweeper looks next.
  due_at timestamptz not null default now(),
  done_at timestamptz,
  -- Lines of the guest's cart of which a limit let less into the user's cart, by the id of the merge.
  clamped jsonb not null default '{}',
  clamped_shown_at timestamptz
);
create index guest_migrations_user on guest_migrations (user_id);
create index guest_migrations_due on guest_migrations (due_at) where done_at is null;
