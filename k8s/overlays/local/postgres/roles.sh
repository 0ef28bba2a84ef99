#!/bin/sh
# Creates the extension for the catalogue search, and a role with its own schema for each service. The image of PostgreSQL runs this script for a
# new data folder. Run it again to set changed passwords.
set -eu
sql() {
  psql --username "${POSTGRES_USER:-postgres}" --dbname "$POSTGRES_DB" --no-psqlrc --quiet --set ON_ERROR_STOP=1 "$@"
}

sql <<'SQL'
revoke all on database :"DBNAME", postgres, template1 from public;
create extension if not exists pg_trgm schema public;
SQL
for service in gateway inventory checkout; do
  # In development each password is the role's name, as `nx serve` expects.
  if [ "${PASSWORDS_LIKE_NAMES:-}" = yes ]; then password=$service; else password=$(cat "/run/secrets/postgres/$service-password"); fi
  # In the environment, because other users can see arguments.
  PASSWORD=$password sql --set service="$service" <<'SQL'
\getenv password PASSWORD
select format('create role %I', :'service') where not exists (select from pg_roles where rolname = :'service') \gexec
alter role :"service" login password :'password';
grant connect on database :"DBNAME" to :"service";
create schema if not exists :"service" authorization :"service";
SQL
done
