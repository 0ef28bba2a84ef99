-- The operator runs it once, in a new database. It creates what overlays/local/postgres/roles.sh does, and the passwords are those of the
-- Secrets. The owner of the database, which the operator wants, can't log in.
alter role badger_store nologin;
revoke all on database badger_store, postgres, template1 from public;
-- Otherwise the operator creates this role later. Replicas connect with it to `postgres` before they make a backup, and to rewind.
create role streaming_replica login replication;
grant connect on database postgres to streaming_replica;
create extension if not exists pg_trgm schema public;
do $$
declare
  service text;
  owner text;
begin
  foreach service in array array['gateway', 'inventory', 'checkout'] loop
    owner := service || '_owner';
    execute format('create role %I login', service);
    execute format('create role %I login', owner);
    execute format('grant connect on database badger_store to %I, %I', service, owner);
    execute format('create schema %I authorization %I', service, owner);
    execute format('grant usage on schema %I to %I', service, service);
    execute format(
      'alter default privileges for role %I in schema %I grant select, insert, update, delete on tables to %I',
      owner, service, service);
  end loop;
end $$;
