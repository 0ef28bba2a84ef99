#!/bin/sh
# The preStop hook of Redis. On the primary, it promotes a replica before Redis stops, so that no acknowledged write is lost:
# 1 wait until the replicas are in sync  2 hold all writes back  3 wait until the replicas have the last write
# 4 make a sentinel of another node promote its replica  5 follow it, and only then reply READONLY to the held writes.
# With a sentinel's failover alone, the old primary would accept writes for seconds beside the new one. Redis's own FAILOVER does not
# notify the sentinels, which would undo it.
set -eu
. "$CONFIG_DIR/nodes.sh"
# Kubernetes drops what a hook prints; the log of the pod is that of its first process.
[ "$(cat /proc/1/comm)" != redis-server ] || exec 2>/proc/1/fd/2

HOLD_MS=400
MAX_HOLDS=2

[ "$(info "$POD_IP" role)" = master ] || exit 0
[ -n "$OTHERS" ] || exit 0

now_ms() {
  date +%s%3N
}

# until_ms TIME: waits until then.
until_ms() {
  left=$(($1 - $(now_ms)))
  [ "$left" -le 0 ] || sleep "$(printf '%d.%03d' $((left / 1000)) $((left % 1000)))"
}

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

# A sentinel that fails over notices the promotion at its next INFO, a second after the last one. Therefore the script makes the sentinel
# send INFO, asks when that was, and starts the failover so that the replica is promoted shortly before the next INFO.
align() {
  [ "$(sentinel "$1" sentinel debug info-period 100)" = OK ] || return 1
  sleep 0.4
  sentinel "$1" sentinel debug info-period 10000 >/dev/null
  asked_at=$(now_ms)
  # A replica that does not reply is not promoted.
  age=$(sentinel "$1" sentinel replicas badger | sed -n '/^info-refresh$/{n;p;}' | sort -n | awk '$1 < 400' | tail -1)
  [ -n "$age" ] || return 1
  next_info=$((asked_at - age + 1000))
}

# The pause ends after HOLD_MS even if this script hangs. Thereafter the limit refuses writes, since otherwise this node could accept them
# beside the new primary.
holds=0
hold() {
  holds=$((holds + 1))
  held_at=$(now_ms)
  written=$(printf 'client pause %d write\nconfig set min-replicas-to-write 100\ninfo replication\n' "$HOLD_MS" | redis "$POD_IP" |
    sed -n 's/^master_repl_offset://p')
}

release() {
  printf 'config set min-replicas-to-write 1\nclient unpause\n' | redis "$POD_IP" >/dev/null
}

# promote NODE: holds writes back and makes the node's sentinel promote a replica.
promote() {
  replicas=$(followers)
  [ -n "$replicas" ] || return 1
  for node in $replicas; do
    [ "$(info "$node" master_link_status)" = up ] || return 1
  done
  # The sentinel of a pod that stops at the same time must not cost a hold.
  align "$1" || return 1
  # A sentinel promotes within three turns of at most 100 ms; the replicas' last bytes and the commands of this script take the rest.
  until_ms $((next_info - 400))
  hold
  until have "$written" $replicas; do
    if [ "$(now_ms)" -gt $((next_info - 250)) ]; then
      release
      say 'the replicas do not have the last write yet'
      return 1
    fi
  done
  reply=$(sentinel "$1" sentinel failover badger)
  [ "$reply" != OK ] || return 0
  release
  say "the sentinel of $1: $reply"
  return 1
}

# Without a replica in sync, no write is accepted anyway, and a replica that restarts is back within seconds.
asked=
for attempt in $(seq 1 15); do
  for other in $OTHERS; do
    [ "$holds" -lt "$MAX_HOLDS" ] || break 2
    if promote "$other"; then
      asked=$other
      break 2
    fi
  done
  sleep 1
done
if [ -z "$asked" ]; then
  say "no replica could be promoted, after writes were held back $holds times; Redis waits for its replicas, and the sentinels fail over"
  exit 0
fi

primary=
deadline=$(($(now_ms) + 5000))
while [ -z "$primary" ] && [ "$(now_ms)" -lt "$deadline" ]; do
  # Anything that this node still sends to its replicas, a sentinel's hello included, would cost a full resynchronization. Writes that
  # were held are refused first, within the deadline of their callers.
  [ "$holds" -ge "$MAX_HOLDS" ] || [ "$(now_ms)" -lt $((held_at + HOLD_MS)) ] || hold
  for other in $OTHERS; do
    [ "$(info "$other" role)" != master ] || primary=$other
  done
done
# A failover that was started can still promote a replica, so this node refuses writes until it stops.
if [ -z "$primary" ]; then
  say "no replica was promoted; this node refuses writes, and the sentinels fail over"
  exit 0
fi
# The sentinels would do this later, and the new primary refuses writes until it has a replica.
for other in "$POD_IP" $OTHERS; do
  [ "$other" = "$primary" ] || redis "$other" replicaof "$primary" 6379 >/dev/null
done
[ "$(info "$POD_IP" role)" != slave ] || release
say "$primary is the new primary"

# Clients that are disconnected before the sentinel names the new primary would reconnect to this node.
for again in $(seq 1 60); do
  [ "$(sentinel "$asked" sentinel get-master-addr-by-name badger | head -1)" != "$primary" ] || break
  sleep 0.05
done
redis "$POD_IP" client kill type normal skipme yes >/dev/null

# The new primary needs a replica besides this node.
for again in $(seq 1 60); do
  for other in $OTHERS; do
    [ "$(info "$other" master_host)" != "$primary" ] || [ "$(info "$other" master_link_status)" != up ] || exit 0
  done
  sleep 0.1
done
