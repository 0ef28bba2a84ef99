#!/bin/sh
# Starts Redis as a node of the cluster. nodes.conf has its slots and its primary.
set -eu
. "$CONFIG_DIR/nodes.sh"

umask 077
{
  node_configuration
  echo "cluster-enabled yes"
  echo "cluster-config-file nodes.conf"
  echo "cluster-node-timeout 2000"
  echo "tls-cluster yes"
  # A restarted node announces its new address to the others. Clients get its name.
  echo "cluster-announce-ip $POD_IP"
  echo "cluster-announce-hostname $SELF"
  echo "cluster-preferred-endpoint-type hostname"
} >"$RUN_DIR/redis.conf"
sh "$CONFIG_DIR/reload-certificate.sh" $$ 6379 &
exec redis-server "$RUN_DIR/redis.conf"
