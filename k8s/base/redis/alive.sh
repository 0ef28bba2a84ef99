#!/bin/sh
# The startup and liveness probes, alive.sh PORT: succeed if the server replies, even while it loads its data or has no primary, and while its
# script waits before it starts the server. They fail only for a server that hangs, because a restart helps nothing else.
set -eu
. "$CONFIG_DIR/nodes.sh"

[ -e "$RUN_DIR/waiting-$1" ] || cli "$1" "$POD_IP" ping | grep -qE '^(PONG|LOADING|MASTERDOWN)'
