#!/bin/sh
# follow-primary.sh PID: makes this node's Redis, which is the process PID, a replica of the primary that the sentinels name. The role at the
# start may be outdated a moment later, and the sentinels themselves correct a replica only after failover-timeout.
# It never promotes: that is up to the sentinels.
set -eu
. "$CONFIG_DIR/nodes.sh"

# Prints the primary that the newest of a majority's replies names, unless a failover is in progress.
named_primary() {
  asked_primaries "$POD_IP" $OTHERS | sort -n |
    awk -v quorum="$QUORUM" '/failover_in_progress/ { busy = 1 } { name = $2 } END { if (NR >= quorum && !busy) print name }'
}

previous=
waited=0
while sleep 1 && kill -0 "$1" 2>/dev/null; do
  state=$(redis "$POD_IP" info) || continue
  echo "$state" | grep -qx 'loading:0' || continue
  rm -f "$RUN_DIR/loading"
  if [ -e "$RUN_DIR/unsynced" ]; then
    waited=$((waited + 1))
    # If the primary does not come back, data that may be older is better than none.
    if echo "$state" | grep -qx 'master_link_status:up' || { [ -s "$RUN_DIR/unsynced" ] && [ "$waited" -ge 15 ]; }; then
      redis "$POD_IP" config set replica-priority 100 >/dev/null
      rm "$RUN_DIR/unsynced"
    fi
  fi
  primary=$(echo "$state" | sed -n 's/^master_host://p')
  # No other sentinel is asked while this node's own sentinel agrees.
  case $(asked_primaries "$POD_IP") in *" ${primary:-$SELF} "*) named= ;; *) named=$(named_primary) ;; esac
  # A handover changes the roles a moment before the sentinels name the new primary.
  if [ -n "$named" ] && [ "$named" = "$previous" ] && [ "$named" != "$SELF" ] && [ "$named" != "$primary" ]; then
    say "the primary is $named, not ${primary:-this node}"
    redis "$POD_IP" replicaof "$named" 6379 >/dev/null || true
  fi
  previous=$named
done
