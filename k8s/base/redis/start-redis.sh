#!/bin/sh
# Starts Redis as what the sentinels hold this node for: a primary that comes back after another one took over must not go on as before.
set -eu
. "$CONFIG_DIR/nodes.sh"

while :; do
  asked=$(asked_primaries)
  primary=$(printf '%s\n%s\n' "$asked" "$(saved_primary)" | sort -n | awk 'NF == 2 { name = $2 } END { print name }')
  # Nobody knows anything: these are the first nodes ever.
  [ -n "$primary" ] || primary=$FIRST
  # The primary, and its data is gone: whoever follows it would throw away theirs too. Until they have chosen another one, it is away.
  if [ "$primary" = "$SELF" ] && [ -n "$asked" ] && ! [ -d "$DATA_DIR/appendonlydir" ]; then
    say "the data of the primary is gone; waiting for another one to take over"
    sleep 1
  else
    break
  fi
done

umask 077
{
  node_configuration
  echo "replica-announce-ip $SELF"
  echo "replica-announce-port 6379"
  # Where there is one node alone, nobody else could keep a write.
  [ -z "$OTHERS" ] || echo "min-replicas-to-write 1"
  [ "$primary" = "$SELF" ] || echo "replicaof $primary 6379"
} >"$RUN_DIR/redis.conf"
say "the primary is $primary"
exec redis-server "$RUN_DIR/redis.conf"
