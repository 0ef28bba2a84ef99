#!/bin/sh
# Before Redis stops: where it is the primary, another node takes over first, and nothing that was acknowledged is lost.
# 1 wait until a replica is in step  2 hold all writes back  3 wait until the replicas have the last one
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

# have OFFSET NODE…: each has all that the primary had written.
have() {
  offset=$1
  shift
  for node in "$@"; do
    state=$(redis "$node" info replication)
    echo "$state" | grep -qx 'master_link_status:up' || return 1
    [ "$(echo "$state" | sed -n 's/^slave_repl_offset://p')" -ge "$offset" ] || return 1
  done
}

# A sentinel sees a promotion when it next asks for INFO, which in a failover is a second after it last did: a second without a
# primary. So it is made to ask now, and told to promote when most of that second is over.
align() {
  sentinel "$1" sentinel debug info-period 100 >/dev/null
  sleep 0.4
  sentinel "$1" sentinel debug info-period 10000 >/dev/null
  sleep 0.2
}

# promote NODE: has its sentinel promote a replica; writes are held back from then on.
promote() {
  replicas=$(followers)
  [ -n "$replicas" ] || return 1
  for node in $replicas; do
    [ "$(info "$node" master_link_status)" = up ] || return 1
  done
  align "$1"
  # Longer than everything below may take: it must not end between the promotion and the following.
  written=$(printf 'client pause 15000 write\ninfo replication\n' | redis "$POD_IP" | sed -n 's/^master_repl_offset://p')
  for again in 1 2 3 4 5; do
    if have "$written" $replicas; then
      answer=$(sentinel "$1" sentinel failover badger)
      [ "$answer" != OK ] || return 0
      say "the sentinel of $1: $answer"
      break
    fi
  done
  redis "$POD_IP" client unpause >/dev/null
  return 1
}

# Tries for most of the pod's grace period, then gives up: Redis waits by itself for its replicas when it is told to stop.
asked=
for attempt in $(seq 1 15); do
  for other in $OTHERS; do
    if promote "$other"; then
      asked=$other
      break 2
    fi
  done
  sleep 1
done
if [ -z "$asked" ]; then
  say "nobody could take over"
  exit 0
fi

primary=
for again in $(seq 1 100); do
  for other in $OTHERS; do
    [ "$(info "$other" role)" != master ] || primary=$other
  done
  [ -z "$primary" ] || break
  sleep 0.05
done
if [ -z "$primary" ]; then
  say "nobody has taken over"
  exit 0
fi
# The sentinel would tell them too, later; until the new primary has a replica, it takes no writes.
for other in "$POD_IP" $OTHERS; do
  [ "$other" = "$primary" ] || redis "$other" replicaof "$primary" 6379 >/dev/null
done
say "$primary has taken over"

# Clients who are sent away before the sentinel names the new primary would come back here.
for again in $(seq 1 60); do
  [ "$(sentinel "$asked" sentinel get-master-addr-by-name badger | head -1)" != "$primary" ] || break
  sleep 0.05
done
redis "$POD_IP" client unpause >/dev/null
redis "$POD_IP" client kill type normal skipme yes >/dev/null

# Without this node, the new primary needs another replica.
for again in $(seq 1 60); do
  for other in $OTHERS; do
    [ "$(info "$other" master_host)" != "$primary" ] || [ "$(info "$other" master_link_status)" != up ] || exit 0
  done
  sleep 0.1
done
