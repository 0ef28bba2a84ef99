#!/bin/sh
# Creates the cluster once. CLUSTER MEET needs addresses.
set -eu
. "$CONFIG_DIR/nodes.sh"

if [ "$(redis "$POD_IP" cluster info | grep -c '^cluster_state:ok')" = 1 ]; then
  say "the cluster is there"
  exit 0
fi
addresses=
for node in $REDIS_NODES; do
  addresses="$addresses $(getent ahostsv4 "$node" | awk 'NR == 1 { print $1 }'):6379"
done
REDISCLI_AUTH=$(cat "$SECRETS_DIR/operator-password") exec redis-cli --no-auth-warning --user operator \
  --tls --cacert "$SECRETS_DIR/ca.crt" --cluster create $addresses --cluster-replicas 1 --cluster-yes
