#!/bin/sh
# sh k8s/on-kind.sh: builds the images, loads them into the kind cluster of the current context, deploys overlays/local, and runs the README's
# tour against it. Needs docker, kind, kubectl, node, openssl; the cluster's name is in KIND_CLUSTER.
set -eu
cd "$(dirname "$0")/.."
cluster=${KIND_CLUSTER:-badger-store}
namespace=badger-store
services=$(node -p 'Object.keys(require("./services.json")).join(" ")')
k() { kubectl --context "kind-$cluster" -n "$namespace" "$@"; }

for service in $services; do
  docker build -f docker/Dockerfile --build-arg SERVICE="$service" -t "badger-store/$service:local" .
  kind load docker-image --name "$cluster" "badger-store/$service:local"
done

k apply -f k8s/overlays/local/namespace.yaml
node docker/make-secrets.mjs --redis-names redis-0.redis,redis-1.redis,redis-2.redis
secret() { k create secret generic "$@" --dry-run=client -o yaml | k apply -f -; }
for name in $services redis postgres; do
  secret "$name-files" --from-file="docker/.secrets/$name"
done

k apply -k k8s/overlays/local
k rollout status --timeout=5m statefulset/redis
for service in $services; do
  k rollout status --timeout=5m "deployment/$service"
done

k port-forward service/gateway 3000:80 >/dev/null &
forwarding=$!
trap 'kill "$forwarding"' EXIT
tries=0
until curl -fs http://localhost:3000/inventory/items >/dev/null; do
  tries=$((tries + 1))
  [ "$tries" -lt 60 ] || { echo 'the gateway does not answer' >&2; exit 1; }
  sleep 1
done
sh tools/tour.sh http://localhost:3000
