#!/bin/sh
# reload-certificate.sh PID PORT: runs beside Redis or the sentinel, which is the process PID, and makes it use a changed certificate. Redis reads
# the files again. A sentinel can't, so it ends, and Kubernetes starts it again: one after the other, because all get the files at about
# the same time.
set -eu
. "$CONFIG_DIR/nodes.sh"

checksum() {
  cat "$SECRETS_DIR/tls.crt" "$SECRETS_DIR/tls.key" "$SECRETS_DIR/ca.crt" | cksum
}

reload() {
  redis "$POD_IP" config set tls-cert-file "$SECRETS_DIR/tls.crt" tls-key-file "$SECRETS_DIR/tls.key" \
    tls-ca-cert-file "$SECRETS_DIR/ca.crt" | grep -qx OK
}

used=$(checksum)
refused=
while sleep 2 && kill -0 "$1" 2>/dev/null; do
  now=$(checksum)
  [ "$now" != "$used" ] || continue
  if [ "$2" = 26379 ]; then
    say 'the certificate has changed; the sentinel starts again'
    sleep $((${SELF##*-} * 5))
    kill "$1"
    break
  elif reload; then
    say 'the new certificate is in use'
    used=$now
  else
    # For example while only one of the files is new.
    [ "$now" = "$refused" ] || say 'the new certificate cannot be used; the last one stays in use'
    refused=$now
  fi
done
