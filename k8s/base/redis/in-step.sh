#!/bin/sh
# The readiness probe: succeeds if this node has all data: it is the primary, or a replica that is in sync. A rollout waits for it.
set -eu
. "$CONFIG_DIR/nodes.sh"

state=$(redis "$POD_IP" info replication)
echo "$state" | grep -qxE 'role:master|master_link_status:up' && ! echo "$state" | grep -qx 'master_sync_in_progress:1'
