#!/bin/sh
# Succeeds when this node's Redis is the primary, or a replica that has all that the primary has.
set -eu
. "$CONFIG_DIR/nodes.sh"

state=$(redis "$POD_IP" info replication)
echo "$state" | grep -qxE 'role:master|master_link_status:up' && ! echo "$state" | grep -qx 'master_sync_in_progress:1'
