import { ofKind, selects, type KubernetesObject, type Labels, type LabelSelector } from './objects';

export interface Peer {
  /** Labels of its namespace; none for those of the store's own. */
  readonly namespace?: Labels;
  readonly labels: Labels;
}

interface PolicyPeer {
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
  readonly ipBlock?: { readonly cidr: string };
}

interface Rule {
  readonly from?: readonly PolicyPeer[];
  readonly to?: readonly PolicyPeer[];
  readonly ports?: readonly { readonly protocol?: string; readonly port: number }[];
}

/** Whether the policies let one pod open a TCP connection to a port of another. */
export function mayConnect(objects: readonly KubernetesObject[], from: Peer, to: Peer, port: number): boolean {
  const policies = ofKind(objects, 'NetworkPolicy');
  const governing = (pod: Peer, direction: string) =>
    pod.namespace
      ? []
      : policies.filter(
          ({ spec }) => spec.policyTypes.includes(direction) && selects(spec.podSelector as LabelSelector, pod.labels),
        );
  const opens = (rule: Rule, peers: readonly PolicyPeer[] | undefined, other: Peer) =>
    (!rule.ports || rule.ports.some((open) => open.port === port && (open.protocol ?? 'TCP') === 'TCP')) &&
    (!peers || peers.some((peer) => isMeant(peer, other)));
  const allowed = (pod: Peer, direction: 'Ingress' | 'Egress', other: Peer) => {
    const found = governing(pod, direction);
    const rules = found.flatMap(({ spec }) => (spec[direction.toLowerCase()] ?? []) as Rule[]);
    return (
      found.length === 0 || rules.some((rule) => opens(rule, direction === 'Ingress' ? rule.from : rule.to, other))
    );
  };
  return allowed(from, 'Egress', to) && allowed(to, 'Ingress', from);
}

function isMeant(peer: PolicyPeer, other: Peer): boolean {
  if (peer.ipBlock) return false;
  const namespaceFits = peer.namespaceSelector
    ? selects(peer.namespaceSelector, other.namespace ?? {})
    : other.namespace === undefined;
  return namespaceFits && (!peer.podSelector || selects(peer.podSelector, other.labels));
}
