import type { Scope } from '@badger-store/service-kit';
import type { z } from 'zod';
import type services from '../../../services.json';
import type { ProblemCode } from './problem-types';

export const tagDescriptions = {
  Sessions: 'Guests, accounts and their userTokens.',
  Cart: 'The cart of the guest or user.',
  Catalogue: 'Items. Open to everybody.',
  Orders: 'Checkout and orders.',
  Description: 'This document.',
};

export interface Operation {
  readonly id: string;
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  readonly path: string;
  /** The service that serves the operation. The gateway forwards what another service serves. */
  readonly servedBy: keyof typeof services;
  readonly tag: keyof typeof tagDescriptions;
  readonly summary: string;
  /** Markdown. */
  readonly description: string;
  readonly bearer?: boolean;
  /** What the userToken must allow. */
  readonly scope?: Scope;
  /** Credentials that may be sent, each with or without the others. */
  readonly optional?: readonly ('apiKey' | 'userToken' | 'refreshCookie')[];
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly bodyRequired?: boolean;
  /** The successful response, with the schema of its JSON where it has any. */
  readonly response: {
    readonly status: number;
    readonly description: string;
    readonly schema?: z.ZodType;
    readonly type?: string;
    /** Describes the ETag of the response, where it has one. */
    readonly eTag?: string;
    /** The same for everybody: the response has an ETag, and caches may keep it for a while. */
    readonly isPublic?: boolean;
  };
  /** The problems of this operation. `getProblemCodes` adds those that operations of its kind share. */
  readonly problems: readonly ProblemCode[];
}

/** Every problem that the operation can respond with, but for those of HTTP itself, such as METHOD_NOT_ALLOWED. */
export function getProblemCodes({
  servedBy,
  params,
  body,
  bearer,
  optional,
  scope,
  problems,
}: Operation): ProblemCode[] {
  const shared: readonly [applies: unknown, codes: readonly ProblemCode[]][] = [
    [true, ['BAD_REQUEST', 'INVALID_REQUEST', 'TOO_MANY_REQUESTS', 'INTERNAL']],
    [params, ['ROUTE_NOT_FOUND']],
    [servedBy !== 'gateway', ['UPSTREAM_FAILED', 'UPSTREAM_DOWN', 'UPSTREAM_TIMEOUT']],
    [bearer, ['NO_TOKEN', 'INVALID_TOKEN', 'PRECONDITION_FAILED']],
    // For an Authorization header of another scheme.
    [optional?.includes('userToken') && !problems.includes('NO_TOKEN'), ['NO_TOKEN']],
    [bearer && servedBy !== 'gateway', ['KEYS_UNAVAILABLE']],
    [scope, ['MISSING_SCOPE']],
    [body, ['MALFORMED_JSON', 'BODY_TOO_LARGE', 'NOT_JSON', 'UNSUPPORTED_ENCODING']],
  ];
  return [...problems, ...shared.flatMap(([applies, codes]) => (applies ? codes : []))];
}
