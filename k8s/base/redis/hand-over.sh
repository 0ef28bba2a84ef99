#!/bin/sh
# Before Redis stops: where it is the primary, another node takes over first, and nothing that was acknowledged is lost.
# 1 wait until the replicas are in step  2 hold all writes back  3 wait until the replicas have the last one
# 4 have a sentinel of another node promote one  5 follow it, and only then answer the writes that wait: READONLY, ask a sentinel.
# A sentinel alone would leave the old primary taking writes for seconds beside the new one. Redis's own FAILOVER would not tell the
# sentinels, who would undo it.
set -eu
. "$CONFIG_DIR/nodes.sh"

[ "$(info "$POD_IP" role)" = master ] || exit 0
[ -n "$OTHERS" ] || exit 0

# The replicas of this node that answer.
followers() {
  for node in $OTHERS; do
    [ "$(info "$node" master_host)" != "$SELF" ] || echo "$node"
  done
}

# in_step NODE…: each has all that the primary has.
in_step() {
  [ $# -gt 0 ] || return 1
  written=$(info "$POD_IP" master_repl_offset)
  for node in "$@"; do
    state=$(redis "$node" info replication)
    echo "$state" | grep -qx 'master_link_status:up' || return 1
    [ "$(echo "$state" | sed -n 's/^slave_repl_offset://p')" -ge "$written" ] || return 1
  done
}

promoted() {
  for node in $OTHERS; do
    [ "$(info "$node" role)" != master ] || echo "$node"
  done | head -1
}

# Tries for most of the pod's grace period, then gives up: Redis waits by itself for its replicas when it is told to stop.
for attempt in $(seq 1 30); do
  replicas=$(followers)
  # It does not wait for a load to pause: the replicas may be behind by what is on its way.
  if [ -n "$replicas" ] && [ "$(for node in $replicas; do info "$node" master_link_status; done | sort -u)" = up ]; then
    # Longer than everything below may take: it must not end between the promotion and the following.
    redis "$POD_IP" client pause 10000 write >/dev/null
    for again in 1 2 3 4 5; do
      if in_step $replicas; then
        for node in $OTHERS; do
          answer=$(sentinel "$node" sentinel failover badger)
          [ "$answer" != OK ] || break 3
          say "the sentinel of $node: $answer"
        done
        break
      fi
    done
    redis "$POD_IP" client unpause >/dev/null
  fi
  sleep 1
done
if [ "${answer:-}" != OK ]; then
  say "nobody could take over"
  exit 0
fi

for again in $(seq 1 100); do
  primary=$(promoted)
  [ -z "$primary" ] || break
  sleep 0.05
done
if [ -z "$primary" ]; then
  say "nobody has taken over"
  exit 0
fi
redis "$POD_IP" replicaof "$primary" 6379 >/dev/null
say "$primary has taken over"
# Clients who are sent away before the sentinels name the new primary would come back here.
for again in $(seq 1 60); do
  [ "$(sentinel "$node" sentinel get-master-addr-by-name badger | head -1)" != "$primary" ] || break
  sleep 0.05
done
redis "$POD_IP" client unpause >/dev/null
redis "$POD_IP" client kill type normal skipme yes >/dev/null
