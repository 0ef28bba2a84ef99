import { readFileSync } from 'node:fs';
import type { NextFunction, Request, Response } from 'express';
import { sign, verify } from 'jsonwebtoken';
import { z } from 'zod';
import { ServiceError } from '../problems';
import { bearerOf } from './require-user';
import { readTokenHeader } from './token-header';

/** A secret for each pair of services, by `caller:callee`. */
export type ServiceSecrets = ReadonlyMap<string, string>;

/** A kind of JWT of its own (RFC 8725, section 3.11), so that neither kind of token can pass for the other. */
const tokenType = 'service+jwt';
const algorithm = 'HS256';
const lifetimeSeconds = 60;
const clockToleranceSeconds = 5;
const longestToken = 1024;

/** What a line of a file of secrets says; undefined where it is none. */
export function pairOf(line: string): { readonly name: string; readonly secret: string } | undefined {
  const [, name, secret] = /^([a-z]+:[a-z]+) (\S{32,})$/.exec(line.trim()) ?? [];
  return name !== undefined && secret !== undefined ? { name, secret } : undefined;
}

/** The path of a file with a line `<caller>:<callee> <secret of at least 32 characters>` for each pair that a service belongs to. */
export const serviceSecrets = z.string().transform((path, context): ServiceSecrets => {
  const refuse = (message: string) => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  try {
    const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
    const pairs = lines.map(pairOf);
    const secrets = new Map(pairs.flatMap((pair) => (pair ? [[pair.name, pair.secret] as const] : [])));
    if (secrets.size === lines.length && secrets.size > 0) return secrets;
    return refuse('must hold lines like "gateway:checkout <secret of at least 32 characters>"');
  } catch (error) {
    return refuse(`the file cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
});

/** For a schema of settings: refuses secrets that lack one of these pairs. */
export const checkServiceSecrets =
  (...pairs: readonly string[]) =>
  ({ SERVICE_TOKEN_SECRET_FILE: secrets }: { SERVICE_TOKEN_SECRET_FILE: ServiceSecrets }, context: z.RefinementCtx) => {
    const missing = pairs.find((pair) => !secrets.has(pair));
    if (missing === undefined) return;
    const message = `must hold a secret for ${missing}`;
    context.addIssue({ code: 'custom', path: ['SERVICE_TOKEN_SECRET_FILE'], message });
  };

/** Signs what a service shows to another one, good for 60 s. `tokenFor` throws where the two share no secret. */
export function createServiceTokens(secrets: ServiceSecrets, caller: string) {
  return {
    tokenFor(callee: string): string {
      const secret = secrets.get(`${caller}:${callee}`);
      if (secret === undefined) throw new Error(`there is no secret for ${caller}:${callee}`);
      const header = { alg: algorithm, typ: tokenType };
      return sign({}, secret, {
        ...{ algorithm, header, issuer: caller, audience: callee, expiresIn: lifetimeSeconds },
      });
    },
  };
}

/** Lets only those services pass, each by the secret that it alone shares with the callee; 401 to anybody else. */
export function requireService(secrets: ServiceSecrets, callee: string, callers: readonly string[]) {
  return (req: Request, _res: Response, next: NextFunction): void => {
    const token = bearerOf(req);
    const caller = callers.find((name) => isFrom(name, token));
    if (caller !== undefined) return next();
    next(new ServiceError('unauthenticated', 'INVALID_TOKEN', 'This is for services of the store alone.'));
  };

  function isFrom(caller: string, token: string): boolean {
    const secret = secrets.get(`${caller}:${callee}`);
    if (secret === undefined || token.length > longestToken) return false;
    try {
      readTokenHeader(token, tokenType);
      verify(token, secret, {
        algorithms: [algorithm],
        issuer: caller,
        audience: callee,
        clockTolerance: clockToleranceSeconds,
        // A token without an end is none of ours.
        maxAge: lifetimeSeconds + clockToleranceSeconds,
      });
      return true;
    } catch {
      return false;
    }
  }
}
