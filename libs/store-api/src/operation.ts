import type { Scope } from '@badger-store/service-kit';
import type { z } from 'zod';
import type services from '../../../services.json';

/**
 * A request that can be sent as it is, in the order of the document, to a store that has just been started. `{{name}}` stands for
 * something that an earlier answer gave (`keep`), and `{{store}}` for the address of the store.
 */
export interface Example {
  readonly summary: string;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly status: number;
  /** What later examples need of the answer: a name, and the way to it in the body. */
  readonly keep?: Readonly<Record<string, readonly string[]>>;
}

export interface Operation {
  readonly id: string;
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  readonly path: string;
  /** The service that serves it; the gateway forwards what another service serves. */
  readonly servedBy: keyof typeof services;
  readonly tag: string;
  readonly summary: string;
  readonly bearer?: boolean;
  /** What the userToken must allow. */
  readonly scope?: Scope;
  /** What may be sent along, each with or without the others. */
  readonly optional?: readonly ('apiKey' | 'userToken' | 'refreshCookie')[];
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly bodyRequired?: boolean;
  /** The success, and what it means; the schema of its JSON where there is any. */
  readonly answer: {
    readonly status: number;
    readonly description: string;
    readonly schema?: z.ZodType;
    readonly type?: string;
    /** It is the same for everybody: it has an ETag, and caches may keep it for a while. */
    readonly isPublic?: boolean;
  };
  /** The problems that are about this operation, by status; `commonProblems` has the others. */
  readonly problems: Readonly<Record<number, string>>;
  readonly examples: readonly Example[];
}
