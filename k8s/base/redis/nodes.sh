# Sourced by the other scripts. Environment: POD_NAME, POD_IP; REDIS_NODES, the names of all nodes, which are those of the pods and of their
# Services; CONFIG_DIR (these files), DATA_DIR (persistent), RUN_DIR (in memory), SECRETS_DIR.

SELF=$POD_NAME
OTHERS=$(echo "$REDIS_NODES" | tr ' ' '\n' | grep -vxF "$SELF" || true)
FIRST=${REDIS_NODES%% *}
SAVED=$DATA_DIR/sentinel.conf
QUORUM=$(($(echo "$REDIS_NODES" | wc -w) / 2 + 1))

say() {
  echo "$(basename "$0"): $*" >&2
}

# cli PORT HOST COMMAND…: runs a command on a node, for at most a second.
cli() {
  cli_port=$1 cli_host=$2
  shift 2
  REDISCLI_AUTH=$(cat "$SECRETS_DIR/sentinel-password") timeout -k 1 1 redis-cli --no-auth-warning --user sentinel \
    --tls --cacert "$SECRETS_DIR/ca.crt" -h "$cli_host" -p "$cli_port" "$@" 2>/dev/null | tr -d '\r'
}

redis() {
  cli 6379 "$@"
}

sentinel() {
  cli 26379 "$@"
}

# info HOST FIELD: prints a field of INFO REPLICATION.
info() {
  redis "$1" info replication | sed -n "s/^$2://p"
}

# asked_primaries HOST…: prints what each of these sentinels that replies knows: the configuration epoch, the primary, its flags.
asked_primaries() {
  for node in "$@"; do
    sentinel "$node" sentinel master badger | awk '
      $0 == "ip" { getline; name = $0 } $0 == "config-epoch" { getline; epoch = $0 } $0 == "flags" { getline; flags = $0 }
      END { if (name) print epoch + 0, name, flags }'
  done
}

# Prints the epoch and the primary from the last state of this node's sentinel.
saved_primary() {
  [ -f "$SAVED" ] || return 0
  awk '$1 $2 == "sentinelmonitor" { name = $4 } $1 $2 == "sentinelconfig-epoch" { epoch = $4 } END { if (name) print epoch + 0, name }' "$SAVED"
}

# Prints the settings that depend on the node, not on its role.
node_configuration() {
  cat "$CONFIG_DIR/redis.conf"
  echo "bind $POD_IP"
  echo "dir $DATA_DIR"
  echo "aclfile $SECRETS_DIR/users.acl"
  echo "tls-cert-file $SECRETS_DIR/tls.crt"
  echo "tls-key-file $SECRETS_DIR/tls.key"
  echo "tls-ca-cert-file $SECRETS_DIR/ca.crt"
  echo "masteruser replication"
  echo "masterauth $(cat "$SECRETS_DIR/replication-password")"
}
