#!/bin/sh
# PostgreSQL refuses a key that others can read, and a mounted file keeps its owner and mode from the host.
set -eu
install -m 600 /run/secrets/postgres/tls.key /var/run/postgresql/tls.key
exec docker-entrypoint.sh postgres -c hba_file=/etc/postgresql/pg_hba.conf \
  -c ssl=on -c ssl_cert_file=/run/secrets/postgres/tls.crt -c ssl_key_file=/var/run/postgresql/tls.key
