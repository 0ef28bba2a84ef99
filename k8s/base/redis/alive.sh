#!/bin/sh
# The liveness probe, alive.sh PORT: succeeds if the server replies, even while it loads its data.
set -eu
. "$CONFIG_DIR/nodes.sh"

cli "$1" "$POD_IP" ping | grep -qE '^(PONG|LOADING|MASTERDOWN)'
