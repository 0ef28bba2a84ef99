#!/bin/sh
# Starts Redis in the role that the sentinels give this node, because after a failover a former primary must not accept writes.
set -eu
. "$CONFIG_DIR/nodes.sh"

FILES=$DATA_DIR/appendonlydir
# Exists from the start of Redis until it has loaded its data.
LOADING=$RUN_DIR/loading
WAITING=$RUN_DIR/waiting-6379
# Exists until this replica has been in sync since its start; is empty if it started without data.
UNSYNCED=$RUN_DIR/unsynced

# Prints what is wrong with the append-only file. Redis itself would start without data if the manifest were missing, and with a part of
# the data if the base were empty.
damage() {
  manifest=$FILES/appendonly.aof.manifest
  if ! [ -d "$FILES" ]; then
    [ -z "$asked" ] && [ ! -f "$SAVED" ] || echo 'it is gone'
  elif ! [ -s "$manifest" ]; then
    echo 'its manifest is missing or empty'
  else
    awk '$1 == "file" { print $2, $6 }' "$manifest" | while read -r name type; do
      [ -f "$FILES/$name" ] || echo "$name is missing"
      [ "$type" != b ] || [ -s "$FILES/$name" ] || echo "$name is empty"
    done
    if [ -e "$LOADING" ] && [ "$primary" != "$SELF" ]; then
      echo 'Redis stopped while it loaded it'
    elif [ -e "$LOADING" ]; then
      redis-check-aof "$manifest" >"$RUN_DIR/check" 2>&1 || tail -1 "$RUN_DIR/check"
    fi
  fi
}

: >"$WAITING"
logged=
while :; do
  asked=$(asked_primaries $OTHERS)
  primary=$(printf '%s\n%s\n' "$asked" "$(saved_primary)" | sort -n | awk 'NF > 1 { name = $2 } END { print name }')
  # No sentinel has a state: this is the first start.
  [ -n "$primary" ] || primary=$FIRST
  damaged=$(damage | head -1)
  [ -n "$damaged" ] || break
  if [ -n "$asked" ] && [ "$primary" != "$SELF" ]; then
    if [ -d "$FILES" ]; then
      say "the append-only file is damaged ($damaged); moving it to $DATA_DIR/damaged, and taking the data of $primary"
      rm -rf "$DATA_DIR/damaged"
      mv "$FILES" "$DATA_DIR/damaged"
    fi
    break
  fi
  # An empty primary would make its replicas empty too.
  [ "$damaged" = "$logged" ] || say "the append-only file of the primary is damaged ($damaged); waiting for another primary, or for a repair:" \
    'see the runbook RedisUnavailable'
  logged=$damaged
  sleep 1
done

umask 077
rm -f "$UNSYNCED"
[ "$primary" = "$SELF" ] || ls -d "$FILES" >"$UNSYNCED" 2>/dev/null || true
{
  node_configuration
  echo "replica-announce-ip $SELF"
  echo "replica-announce-port 6379"
  # A single node has no replica.
  [ -z "$OTHERS" ] || echo "min-replicas-to-write 1"
  [ "$primary" = "$SELF" ] || echo "replicaof $primary 6379"
  # While it was down, the primary may have acknowledged writes, and then gone down with the other replica. follow-primary.sh lifts this.
  [ ! -e "$UNSYNCED" ] || echo "replica-priority 0"
} >"$RUN_DIR/redis.conf"
say "the primary is $primary"
: >"$LOADING"
sh "$CONFIG_DIR/follow-primary.sh" $$ &
sh "$CONFIG_DIR/reload-certificate.sh" $$ 6379 &
rm -f "$WAITING"
exec redis-server "$RUN_DIR/redis.conf"
