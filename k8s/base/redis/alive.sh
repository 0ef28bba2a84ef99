#!/bin/sh
# alive.sh PORT: succeeds when what listens there answers, be it that it has to load first.
set -eu
. "$CONFIG_DIR/nodes.sh"

cli "$1" "$POD_IP" ping | grep -qE '^(PONG|LOADING|MASTERDOWN)'
