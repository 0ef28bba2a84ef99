#!/bin/sh
# Starts Redis in the role that the sentinels give this node, because after a failover a former primary must not accept writes.
set -eu
. "$CONFIG_DIR/nodes.sh"

while :; do
  asked=$(asked_primaries)
  primary=$(printf '%s\n%s\n' "$asked" "$(saved_primary)" | sort -n | awk 'NF == 2 { name = $2 } END { print name }')
  # No sentinel has a state: this is the first start.
  [ -n "$primary" ] || primary=$FIRST
  # A primary without its data would make its replicas empty too. It waits until the sentinels promote another node.
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
  # A single node has no replica.
  [ -z "$OTHERS" ] || echo "min-replicas-to-write 1"
  [ "$primary" = "$SELF" ] || echo "replicaof $primary 6379"
} >"$RUN_DIR/redis.conf"
say "the primary is $primary"
exec redis-server "$RUN_DIR/redis.conf"
