/** A pod of our own, as the Pod Security Standard `restricted` wants it. */
export function toPod(pod: {
  readonly name: string;
  readonly namespace: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly node?: string | undefined;
  readonly env?: Readonly<Record<string, string>>;
  /** Mounted at /code. */
  readonly configMap?: string;
}): unknown {
  const { name, namespace, image, command, node, env = {}, configMap } = pod;
  const mounts = configMap === undefined ? [] : [{ name: 'code', mountPath: '/code', readOnly: true }];
  const volumes = configMap === undefined ? [] : [{ name: 'code', configMap: { name: configMap } }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: {
      nodeName: node,
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 1,
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'main',
          image,
          command,
          env: Object.entries(env).map(([variable, value]) => ({ name: variable, value })),
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          volumeMounts: mounts,
        },
      ],
      volumes,
    },
  };
}
