import type { NextFunction, Request, Response } from 'express';
import { sign, verify } from 'jsonwebtoken';
import { z } from 'zod';
import { ServiceError } from '../problems';
import { setting } from '../settings/kinds';
import { readTokenHeader } from './access-token';
import { getBearerToken } from './require-user';

/** The secrets of each pair of services, by `caller:callee`: the first one signs, all are accepted. */
export type ServiceSecrets = ReadonlyMap<string, readonly [string, ...string[]]>;

/** RFC 8725, section 3.11: the type keeps access tokens and service tokens apart. */
const tokenType = 'service+jwt';
const algorithm = 'HS256';
const lifetimeSeconds = 60;
const clockToleranceSeconds = 5;
const maxTokenLength = 1024;

/** Parses a line `<caller>:<callee> <secret>`. */
function parseSecret(line: string): { readonly name: string; readonly secret: string } | undefined {
  const [, name, secret] = /^([a-z]+:[a-z]+) (\S{32,})$/.exec(line.trim()) ?? [];
  return name !== undefined && secret !== undefined ? { name, secret } : undefined;
}

/**
 * The path of a file with a line `<caller>:<callee> <secret of at least 32 characters>` for each pair of services. While a secret is replaced,
 * the pair has a line for each.
 */
export const serviceSecrets = setting.fileText.transform((text, context): ServiceSecrets => {
  const lines = text.split('\n').filter(Boolean).map(parseSecret);
  if (lines.length === 0 || lines.includes(undefined)) {
    const message = 'must hold lines like "gateway:checkout <secret of at least 32 characters>"';
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  }
  const secrets = new Map<string, [string, ...string[]]>();
  for (const { name, secret } of lines.filter((line) => line !== undefined)) {
    const known = secrets.get(name);
    if (known) known.push(secret);
    else secrets.set(name, [secret]);
  }
  return secrets;
});

/** A refinement for a schema of settings: refuses a file that lacks one of these pairs. */
export const checkServiceSecrets =
  (...pairs: readonly string[]) =>
  ({ SERVICE_TOKEN_SECRET_FILE: secrets }: { SERVICE_TOKEN_SECRET_FILE: ServiceSecrets }, context: z.RefinementCtx) => {
    const missing = pairs.find((pair) => !secrets.has(pair));
    if (missing === undefined) return;
    const message = `must hold a secret for ${missing}`;
    context.addIssue({ code: 'custom', path: ['SERVICE_TOKEN_SECRET_FILE'], message });
  };

/** Signs a token that is valid for 60 s. Throws if the two services share no secret. */
export function signServiceToken(secrets: ServiceSecrets, caller: string, callee: string): string {
  const [secret] = secrets.get(`${caller}:${callee}`) ?? [];
  if (secret === undefined) throw new Error(`The secret for ${caller}:${callee} is missing.`);
  const header = { alg: algorithm, typ: tokenType };
  return sign({}, secret, { algorithm, header, issuer: caller, audience: callee, expiresIn: lifetimeSeconds });
}

/**
 * Requires a token of one of the callers, signed with the secret of the pair; 401 for any other request. Without `callers`, every service that
 * shares a secret with the callee may call.
 */
export function requireService(secrets: ServiceSecrets, callee: string, callers = getCallers(secrets, callee)) {
  return (req: Request, _res: Response, next: NextFunction): void => {
    const token = getBearerToken(req);
    if (callers.some((caller) => isFrom(caller, token))) return next();
    next(new ServiceError('unauthenticated', 'INVALID_TOKEN', 'Only services of the store can call this route.'));
  };

  function isFrom(caller: string, token: string): boolean {
    if (token.length > maxTokenLength) return false;
    return (secrets.get(`${caller}:${callee}`) ?? []).some((secret) => isSigned(caller, token, secret));
  }

  function isSigned(caller: string, token: string, secret: string): boolean {
    try {
      readTokenHeader(token, tokenType);
      verify(token, secret, {
        algorithms: [algorithm],
        issuer: caller,
        audience: callee,
        clockTolerance: clockToleranceSeconds,
        // jsonwebtoken accepts a token without `exp`.
        maxAge: lifetimeSeconds + clockToleranceSeconds,
      });
      return true;
    } catch {
      return false;
    }
  }
}

const getCallers = (secrets: ServiceSecrets, callee: string): readonly string[] =>
  [...secrets.keys()].flatMap((pair) => {
    const [caller = '', called] = pair.split(':');
    return called === callee ? [caller] : [];
  });
