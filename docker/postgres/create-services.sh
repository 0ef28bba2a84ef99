#!/bin/sh
# The postgres image runs it once, while its volume is empty: for each service a role that owns a schema and nothing else.
set -eu
for service in gateway inventory checkout; do
  # In development each password is the role's name, as `nx serve` expects.
  if [ "${PASSWORDS_LIKE_NAMES:-}" = yes ]; then password=$service; else password=$(cat "/run/secrets/postgres/$service-password"); fi
  PASSWORD=$password psql --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --no-psqlrc --quiet --set ON_ERROR_STOP=1 --set service="$service" <<'SQL'
\getenv password PASSWORD
create role :"service" login password :'password';
create schema :"service" authorization :"service";
SQL
done
