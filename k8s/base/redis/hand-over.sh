#!/bin/sh
# The preStop hook of Redis. On the primary, it promotes a replica before Redis stops, so that no acknowledged write is lost:
# 1 wait until a replica is in sync  2 pause all writes  3 wait until the replicas have the last write
# 4 make a sentinel of another node promote its replica  5 follow it, and only then reply READONLY to the paused writes.
# With a sentinel's failover alone, the old primary would accept writes for seconds beside the new one. Redis's own FAILOVER does not
# notify the sentinels, which would undo it.
set -eu
. "$CONFIG_DIR/nodes.sh"

[ "$(info "$POD_IP" role)" = master ] || exit 0
[ -n "$OTHERS" ] || exit 0

# Lists the replicas of this node that reply.
followers() {
  for node in $OTHERS; do
    [ "$(info "$node" master_host)" != "$SELF" ] || echo "$node"
  done
}

# have OFFSET NODE…: succeeds if each node has everything up to the offset.
have() {
  offset=$1
  shift
  for node in "$@"; do
    state=$(redis "$node" info replication)
    echo "$state" | grep -qx 'master_link_status:up' || return 1
    [ "$(echo "$state" | sed -n 's/^slave_repl_offset://p')" -ge "$offset" ] || return 1
  done
}

# A sentinel notices a promotion at its next INFO, up to a second after the last one: a second without a primary. Therefore the script makes
# the sentinel send INFO now, and starts the failover shortly before the next INFO.
align() {
  sentinel "$1" sentinel debug info-period 100 >/dev/null
  sleep 0.4
  sentinel "$1" sentinel debug info-period 10000 >/dev/null
  sleep 0.2
}

# promote NODE: pauses writes and makes the node's sentinel promote a replica.
promote() {
  replicas=$(followers)
  [ -n "$replicas" ] || return 1
  for node in $replicas; do
    [ "$(info "$node" master_link_status)" = up ] || return 1
  done
  align "$1"
  # The pause must not end between the promotion and REPLICAOF.
  written=$(printf 'client pause 15000 write\ninfo replication\n' | redis "$POD_IP" | sed -n 's/^master_repl_offset://p')
  for again in 1 2 3 4 5; do
    if have "$written" $replicas; then
      reply=$(sentinel "$1" sentinel failover badger)
      [ "$reply" != OK ] || return 0
      say "the sentinel of $1: $reply"
      break
    fi
  done
  redis "$POD_IP" client unpause >/dev/null
  return 1
}

# Retries for most of the pod's grace period. Afterwards Redis itself waits for its replicas at SIGTERM.
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
  say "no replica could be promoted"
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
  say "no replica was promoted"
  exit 0
fi
# The sentinels would do this later, and the new primary refuses writes until it has a replica.
for other in "$POD_IP" $OTHERS; do
  [ "$other" = "$primary" ] || redis "$other" replicaof "$primary" 6379 >/dev/null
done
say "$primary is the new primary"

# Clients that are disconnected before the sentinel names the new primary would reconnect to this node.
for again in $(seq 1 60); do
  [ "$(sentinel "$asked" sentinel get-master-addr-by-name badger | head -1)" != "$primary" ] || break
  sleep 0.05
done
redis "$POD_IP" client unpause >/dev/null
redis "$POD_IP" client kill type normal skipme yes >/dev/null

# The new primary needs a replica besides this node.
for again in $(seq 1 60); do
  for other in $OTHERS; do
    [ "$(info "$other" master_host)" != "$primary" ] || [ "$(info "$other" master_link_status)" != up ] || exit 0
  done
  sleep 0.1
done
