#!/bin/sh
# Dumps the database, checks that the dump can be read, and keeps the newest 14. The services share one database, so that a dump is one moment of
# all of them.
set -eu
folder=/backups
keep=14
PGPASSWORD=$(cat /run/secrets/postgres/superuser-password)
export PGPASSWORD
server='host=postgres user=postgres dbname=badger_store sslmode=verify-full sslrootcert=/run/secrets/postgres/ca.crt connect_timeout=10'
dump=$folder/$(date -u +%Y-%m-%dT%H-%M-%SZ).dump

# A new pod may be refused until the network knows it.
for _ in $(seq 1 30); do
  pg_isready -q -t 2 -d "$server" && break
  sleep 1
done
rm -f "$folder"/*.partial
pg_dump --format=custom --lock-wait-timeout=60s --file="$dump.partial" "$server"
pg_restore --list "$dump.partial" >/dev/null
mv "$dump.partial" "$dump"
find "$folder" -name '*.dump' | sort -r | tail -n "+$((keep + 1))" | xargs -r rm --
echo "created $dump"
