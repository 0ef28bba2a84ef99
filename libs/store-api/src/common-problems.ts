import type { Operation } from './operation';

/** What every operation of its kind may answer, by status. */
export function commonProblems({ body, bearer, scope }: Operation): Readonly<Record<number, string>> {
  const problems: readonly [applies: unknown, status: number, description: string][] = [
    [body, 400, 'The request is not valid'],
    [bearer, 401, 'The userToken is missing or not valid'],
    [scope, 403, `The userToken has no scope \`${scope}\``],
    [body, 413, 'The body is larger than 64 KiB'],
    [body, 415, 'The body is not JSON'],
    [true, 429, 'Too many requests'],
    [body ?? bearer, 503, 'What this needs is away for the moment'],
  ];
  return Object.fromEntries(
    problems.filter(([applies]) => applies).map(([, status, description]) => [status, description]),
  );
}
