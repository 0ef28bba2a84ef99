#!/bin/sh
# Starts Redis as a node of the cluster. Which slots it serves and whom it follows is in nodes.conf, beside its data.
set -eu
. "$CONFIG_DIR/nodes.sh"

umask 077
{
  node_configuration
  echo "cluster-enabled yes"
  echo "cluster-config-file nodes.conf"
  echo "cluster-node-timeout 2000"
  echo "tls-cluster yes"
  # The others learn the new address of a pod from itself; clients are told its name.
  echo "cluster-announce-ip $POD_IP"
  echo "cluster-announce-hostname $SELF"
  echo "cluster-preferred-endpoint-type hostname"
} >"$RUN_DIR/redis.conf"
exec redis-server "$RUN_DIR/redis.conf"
