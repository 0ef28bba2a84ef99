#!/bin/sh
# Starts the sentinel with its last state (the primary, the epochs, its id), because all nodes may stop at once. The settings are written
# again, because they may have changed.
set -eu
. "$CONFIG_DIR/nodes.sh"

# At the first start the sentinel waits for Redis: otherwise it would treat a slow primary as failed, without a replica to promote. Later it
# does not wait, because it is needed when Redis is down.
if ! grep -q "^sentinel monitor badger " "$SAVED" 2>/dev/null; then
  : >"$RUN_DIR/waiting-26379"
  until sh "$CONFIG_DIR/in-step.sh"; do sleep 1; done
  primary=$SELF
  [ "$(info "$POD_IP" role)" = master ] || primary=$(info "$POD_IP" master_host)
  known="sentinel monitor badger $primary 6379 1"
else
  known=$(grep -E '^sentinel (myid|monitor|config-epoch|leader-epoch|current-epoch|known-replica|known-sentinel) ' "$SAVED")
fi

umask 077
password=$(cat "$SECRETS_DIR/sentinel-password")
# Services ask for the primary without a password. All other commands need one.
{
  echo "user default on nopass -@all +auth +hello +ping +info +role +client|setname +subscribe +psubscribe +unsubscribe resetchannels &+switch-master +sentinel|get-master-addr-by-name +sentinel|master +sentinel|replicas +sentinel|sentinels"
  # The passwords that Redis accepts: two, while the password is being changed.
  echo "user sentinel on $(sed -nE 's/^user sentinel on ((#[0-9a-f]{64} )+).*/\1/p' "$SECRETS_DIR/users.acl")~* &* +@all"
} >"$RUN_DIR/sentinel.acl"
{
  cat "$CONFIG_DIR/sentinel.conf"
  echo "bind $POD_IP"
  echo "dir $DATA_DIR"
  echo "aclfile $RUN_DIR/sentinel.acl"
  echo "tls-cert-file $SECRETS_DIR/tls.crt"
  echo "tls-key-file $SECRETS_DIR/tls.key"
  echo "tls-ca-cert-file $SECRETS_DIR/ca.crt"
  echo "sentinel announce-ip $SELF"
  echo "sentinel sentinel-user sentinel"
  echo "sentinel sentinel-pass $password"
  echo "sentinel auth-user badger sentinel"
  echo "sentinel auth-pass badger $password"
  echo "$known" | sed "s/^\(sentinel monitor .*\) [0-9]*$/\1 $QUORUM/"
} >"$SAVED.new"
mv "$SAVED.new" "$SAVED"
rm -f "$RUN_DIR/waiting-26379"
sh "$CONFIG_DIR/reload-certificate.sh" $$ 26379 &
exec redis-server "$SAVED" --sentinel
