/** PostgreSQL could not be reached, did not answer in time, or could not run the statement now. A change may have happened all the same. */
export class PostgresUnavailableError extends Error {
  readonly category = 'unavailable';
  readonly code = 'POSTGRES_UNAVAILABLE';
  override readonly name: string = 'PostgresUnavailableError';
}

/** The server takes no writes: it is a standby, or it was set to read-only. No change happened. */
export class PostgresReadOnlyError extends PostgresUnavailableError {
  override readonly name = 'PostgresReadOnlyError';
  /** For the body of `/readyz`. */
  readonly state = 'read-only';
}

/**
 * The SQLSTATEs that say something about the server or about other clients at this moment, and nothing about the statement:
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 *
 * Classes 08 connection, 40 transaction rollback (40002 apart, a violated constraint), 53 resources, 57 operator intervention,
 * 58 system, F0 configuration file, XX internal. Of class 25: read-only, and transactions that failed, idled or ran too long.
 * Of class 55: an object or a lock that another client holds.
 */
const unavailable = /^(08|40(?!002)|53|57|58|F0|XX)|^(25006|25P02|25P03|25P04|55006|55P03)$/;

/** PostgreSQL undid all of the transaction, for the sake of another or because the server takes no writes: it may run again. */
const rolledBack = /^(25006|40001|40P01)$/;

/** The connection is as good as before: the statement alone was cancelled, or the transaction alone was undone. */
const connectionIsGood = /^(40...|55...|57014)$/;

/** Wraps what the driver rejects with; an error about the statement itself is passed on. */
export function toPostgresError(cause: unknown): Error {
  const state = getSqlState(cause);
  if (state === undefined || unavailable.test(state)) return toUnavailable(cause);
  return cause as Error;
}

/** Wraps what the driver rejects with while it connects: whatever it is, a wrong password included, no statement was made. */
export function toUnavailable(cause: unknown): PostgresUnavailableError {
  const message = `PostgreSQL is unavailable: ${String(cause)}`;
  if (getSqlState(cause) === '25006') return new PostgresReadOnlyError(message, { cause });
  return new PostgresUnavailableError(message, { cause });
}

/** Whether the whole transaction, or the statement outside of one, may run again: PostgreSQL says that it changed nothing. */
export const isRolledBack = (error: unknown): boolean =>
  error instanceof PostgresUnavailableError && rolledBack.test(getSqlState(error.cause) ?? '');

/** Whether no other statement should run on the connection that rejected with this error. */
export const breaksConnection = (error: unknown): boolean =>
  error instanceof PostgresUnavailableError && !connectionIsGood.test(getSqlState(error.cause) ?? '');

/** Whether a statement was refused by the unique constraint or index of that name. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  return getSqlState(error) === '23505' && (error as { constraint?: unknown }).constraint === constraint;
}

function getSqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : undefined;
}
