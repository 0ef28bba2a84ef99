#!/bin/sh
# Creates the extension for the catalogue search, and for each service a schema with two roles: <service>_owner migrates it, <service> reads and
# changes rows. The image of PostgreSQL runs this script for a new data folder. Run it again to set changed passwords.
set -eu
sql() {
  psql --username "${POSTGRES_USER:-postgres}" --dbname "$POSTGRES_DB" --no-psqlrc --quiet --set ON_ERROR_STOP=1 "$@"
}

sql <<'SQL'
revoke all on database :"DBNAME", postgres, template1 from public;
create extension if not exists pg_trgm schema public;
SQL
for service in gateway inventory checkout; do
  owner=${service}_owner
  for role in "$service" "$owner"; do
    # In development each password is the role's name, as `nx serve` expects.
    if [ "${PASSWORDS_LIKE_NAMES:-}" = yes ]; then password=$role; else password=$(cat "/run/secrets/postgres/$role-password"); fi
    # In the environment, because other users can see arguments.
    PASSWORD=$password sql --set role="$role" <<'SQL'
\getenv password PASSWORD
select format('create role %I', :'role') where not exists (select from pg_roles where rolname = :'role') \gexec
alter role :"role" login password :'password';
grant connect on database :"DBNAME" to :"role";
SQL
  done
  sql --set service="$service" --set owner="$owner" <<'SQL'
create schema if not exists :"service";
alter schema :"service" owner to :"owner";
grant usage on schema :"service" to :"service";
alter default privileges for role :"owner" in schema :"service" grant select, insert, update, delete on tables to :"service";
SQL
done
