import { setTimeout as sleep } from 'node:timers/promises';
import { findKubectl } from '../manifests/kubectl';
import type { Options } from './options';
import { runProgram, type ProgramOptions } from './run-program';

/** kubectl against one context. */
export interface Kubernetes {
  /** Command and first arguments, for other programs. */
  readonly command: readonly string[];
  kubectl(args: readonly string[], options?: ProgramOptions): Promise<string>;
  /** Of the namespace of the store. */
  inStore(args: readonly string[], options?: ProgramOptions): Promise<string>;
  list<T>(kind: string, namespace: string, selector?: string): Promise<T[]>;
  apply(objects: readonly unknown[]): Promise<void>;
}

export async function createKubernetes({ kubectl: program, context, namespace }: Options): Promise<Kubernetes> {
  const command = [program ?? (await findKubectl()), '--context', context];
  const [file = '', ...first] = command;
  const kubectl: Kubernetes['kubectl'] = (args, options) => runProgram(file, [...first, ...args], options);
  return {
    command,
    kubectl,
    inStore: (args, options) => kubectl(['-n', namespace, ...args], options),
    async list<T>(kind: string, inNamespace: string, selector = '') {
      const output = await kubectl(['-n', inNamespace, 'get', kind, '-l', selector, '-o', 'json']);
      return (JSON.parse(output) as { items: T[] }).items;
    },
    async apply(objects) {
      const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
      await kubectl(['apply', '-f', '-'], { input });
    },
  };
}

/** Polls until the condition holds. A rejection counts as false, because the API server may be busy or stopped. */
export async function until(what: string, condition: () => Promise<boolean>, timeoutMs = 180_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  let failure: unknown;
  for (;;) {
    try {
      if (await condition()) return;
      failure = undefined;
    } catch (error) {
      failure = error;
    }
    if (Date.now() > end) throw new Error(`Not within ${timeoutMs / 1000} s: ${what}`, { cause: failure });
    await sleep(500);
  }
}

export interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly spec: { readonly nodeName: string };
  readonly status: {
    readonly phase: string;
    readonly podIP: string;
    readonly containerStatuses?: readonly {
      readonly name: string;
      readonly containerID: string;
      readonly ready: boolean;
    }[];
  };
}

export interface Workload {
  readonly kind: 'Deployment' | 'StatefulSet';
  readonly metadata: { readonly name: string; readonly generation: number };
  readonly spec: { readonly replicas: number };
  readonly status: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly updatedReplicas?: number;
    readonly currentRevision?: string;
    readonly updateRevision?: string;
  };
}
