#!/bin/sh
# sh k8s/test-on-kind.sh [OPTION…]: builds the images, loads them into the kind cluster KIND_CLUSTER, and runs `npm run test:cluster` there,
# with the commands of all faults. Needs docker, kind, kubectl, node, openssl.
set -eu
cd "$(dirname "$0")/.."
cluster=${KIND_CLUSTER:-badger-store}

for service in $(node -p 'Object.keys(require("./services.json")).join(" ")'); do
  docker build -f docker/Dockerfile --build-arg SERVICE="$service" -t "badger-store/$service:local" .
  kind load docker-image --name "$cluster" "badger-store/$service:local"
done

# filter -I, filter -D: adds or deletes rules that drop all packets between the node and the others.
filter() {
  echo "docker exec {node} sh -c 'for rule in \"INPUT -i\" \"FORWARD -i\" \"OUTPUT -o\" \"FORWARD -o\"; do iptables $1 \$rule eth0 -j DROP; done'"
}
manifest=/etc/kubernetes/manifests/kube-apiserver.yaml
exec npm run test:cluster -- --context "kind-$cluster" --break-dns \
  --signal 'docker exec {node} ctr -n k8s.io task kill -a -s SIG{signal} {container}' \
  --cut-node "$(filter -I)" --join-node "$(filter -D)" \
  --stop-api "docker exec $cluster-control-plane mv $manifest /root/" \
  --start-api "docker exec $cluster-control-plane mv /root/kube-apiserver.yaml $manifest" "$@"
