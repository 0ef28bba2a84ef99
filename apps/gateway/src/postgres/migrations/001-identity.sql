create table users (
  id text primary key,
  email text not null constraint users_email unique,
  password_hash text not null,
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

-- What ended before its time. A row is kept until every session that it ends has expired by itself.
create table revocations (
  kind text not null check (kind in ('session', 'subject', 'api-key')),
  target text not null,
  -- Ms since the epoch: the subject's sessions that began before.
  started_before bigint,
  except_session text,
  signed_in_as text,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  check ((kind = 'subject') = (started_before is not null))
);
create index revocations_target on revocations (target);
create index revocations_created_at on revocations (created_at);
create index revocations_expires_at on revocations (expires_at);
