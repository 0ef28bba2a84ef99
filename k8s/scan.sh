#!/bin/sh
# Renders both overlays, and the base with each component, and checks them with kube-score and checkov. Needs kubectl, kube-score and checkov on the
# PATH. A check that is excepted here has its reason beside it.
set -eu
cd "$(dirname "$0")"
# Inside, because kustomize reads resources by relative paths.
folder=$(mktemp -d ./scan-XXXXXX)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/rendered"

for overlay in overlays/*; do
  kubectl kustomize "$overlay" >"$folder/rendered/$(basename "$overlay").yaml"
done
for component in components/*; do
  name=$(basename "$component")
  # Needs the values of an overlay.
  [ "$name" != values ] || continue
  mkdir "$folder/$name"
  {
    echo 'apiVersion: kustomize.config.k8s.io/v1beta1'
    echo 'kind: Kustomization'
    echo 'namespace: badger-store'
    echo 'resources: [../../base]'
    echo 'components:'
    # Some components patch its policies.
    [ "$name" = network-policies ] || echo '  - ../../components/network-policies'
    echo "  - ../../components/$name"
    echo 'images:'
    for service in gateway inventory checkout; do echo "  - { name: badger-store/$service, newTag: 0.0.0 }"; done
  } >"$folder/$name/kustomization.yaml"
  kubectl kustomize "$folder/$name" >"$folder/rendered/$name.yaml"
done

for rendered in "$folder"/rendered/*; do
  # container-image-pull-policy (CKV_K8S_15): tags and digests of the store never change, and a restart must not need the registry.
  # deployment- and statefulset-has-host-podantiaffinity: topologySpreadConstraints spread the pods over nodes and zones.
  # deployment-replicas: the overlay local has one pod of each service; the autoscalers start with two.
  # networkpolicy-targets-pod: the policy of PostgreSQL has pods in the overlay local only.
  # pod-probes-identical: liveness waits for more failures of the same check than readiness.
  kube-score score --output-format ci --kubernetes-version v1.30 \
    --ignore-test container-image-pull-policy \
    --ignore-test deployment-has-host-podantiaffinity \
    --ignore-test statefulset-has-host-podantiaffinity \
    --ignore-test deployment-replicas \
    --ignore-test networkpolicy-targets-pod \
    --ignore-test pod-probes-identical \
    "$rendered" >"$folder/scores" || failed=yes
  sed -n "/^\[OK\]\|^\[SKIPPED\]/!s|^|$(basename "$rendered"): |p" "$folder/scores"
done

# CKV_K8S_43, digests: a release sets those of its images; those of Redis and PostgreSQL depend on the registry that the operator uses.
checkov --framework kubernetes --skip-download --quiet --compact --skip-check CKV_K8S_15,CKV_K8S_43 \
  --directory "$folder/rendered" || failed=yes
[ -z "${failed:-}" ]
