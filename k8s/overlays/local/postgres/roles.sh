#!/bin/sh
# Run by the image of PostgreSQL when it makes its data: the database, and a role and a schema of its name for each service.
set -eu

psql -U "$POSTGRES_USER" -v ON_ERROR_STOP=1 -d postgres -c 'create database badger_store'
for service in gateway inventory checkout; do
  psql -U "$POSTGRES_USER" -v ON_ERROR_STOP=1 -d badger_store -v service="$service" -v password="$(cat "/run/secrets/postgres/$service-password")" <<'SQL'
create role :"service" login password :'password';
create schema :"service" authorization :"service";
SQL
done
