#!/bin/sh
# The init container: writes the addresses of all nodes into the pod's /etc/hosts. Redis and sentinels resolve names in their main thread, so
# each lookup without DNS would stop them for seconds. An address belongs to a node's Service, which keeps it. A lookup that fails
# uses the address of the pod's last start.
set -eu
. "$CONFIG_DIR/nodes.sh"

address() {
  timeout -k 1 2 getent hosts "$1" | awk '{ print $1; exit }' | grep . || awk -v name="$1" '$2 == name { print $1 }' "$DATA_DIR/hosts" 2>/dev/null | grep .
}

{
  cat /etc/hosts
  # Through its Service, a pod does not reach itself on every network.
  echo "$POD_IP $SELF"
} >"$RUN_DIR/hosts"
for node in $OTHERS; do
  until found=$(address "$node"); do
    say "the address of $node is unknown"
    sleep 1
  done
  echo "$found $node" >>"$RUN_DIR/hosts"
done
cp "$RUN_DIR/hosts" "$DATA_DIR/hosts"
