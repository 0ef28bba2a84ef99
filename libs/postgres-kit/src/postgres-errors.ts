/** PostgreSQL could not be reached, or did not answer in time. A change may have happened all the same. */
export class PostgresUnavailableError extends Error {
  readonly kind = 'unavailable';
  readonly code = 'POSTGRES_UNAVAILABLE';
  override readonly name = 'PostgresUnavailableError';
}

/**
 * Classes of SQLSTATE that say something about the server, not about the statement: connection, resources, a lock that is held,
 * intervention, system.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const unavailable = /^(08|53|55P03|57|58|F0|XX)/;

/** Wraps what the driver rejects with; an error about the statement itself is passed on. */
export function toPostgresError(cause: unknown): Error {
  const code = sqlState(cause);
  if (code && !unavailable.test(code)) return cause as Error;
  return unavailableBecause(cause);
}

/** Wraps what the driver rejects with while it connects: whatever it is, a wrong password included, no statement was made. */
export function unavailableBecause(cause: unknown): PostgresUnavailableError {
  return new PostgresUnavailableError(`PostgreSQL is unavailable: ${String(cause)}`, { cause });
}

/** Whether a statement was refused by the unique constraint or index of that name. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  return sqlState(error) === '23505' && (error as { constraint?: unknown }).constraint === constraint;
}

function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : undefined;
}
