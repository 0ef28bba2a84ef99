#!/bin/sh
# The preStop hook: before a node with slots stops, one of its replicas takes over. CLUSTER FAILOVER pauses writes until the replica has the
# last one, so that no acknowledged write is lost.
set -eu
. "$CONFIG_DIR/nodes.sh"
# Kubernetes drops what a hook prints; the log of the pod is that of its first process.
[ "$(cat /proc/1/comm)" != redis-server ] || exec 2>/proc/1/fd/2

own=$(redis "$POD_IP" cluster myid)
for attempt in $(seq 1 40); do
  [ "$(info "$POD_IP" role)" = master ] || exit 0
  # Node lines are: id, address@port,name, flags, primary, …; the link is the eighth.
  for replica in $(redis "$POD_IP" cluster nodes | awk -v own="$own" '$4 == own && $3 == "slave" && $8 == "connected" { split($2, part, ","); print part[2] }'); do
    [ "$(info "$replica" master_link_status)" != up ] || redis "$replica" cluster failover >/dev/null
    sleep 0.5
    [ "$(info "$POD_IP" role)" = master ] || exit 0
  done
  sleep 0.5
done
say "no replica has taken over"
