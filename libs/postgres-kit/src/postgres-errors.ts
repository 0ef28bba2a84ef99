/** PostgreSQL could not be reached, did not respond in time, or could not run the statement now. A change may have been made. */
export class PostgresUnavailableError extends Error {
  readonly category = 'unavailable';
  readonly code = 'POSTGRES_UNAVAILABLE';
  override readonly name: string = 'PostgresUnavailableError';
}

/** The server is a standby, or read-only. No change was made. */
export class PostgresReadOnlyError extends PostgresUnavailableError {
  override readonly name = 'PostgresReadOnlyError';
  /** For the body of `/readyz`. */
  readonly state = 'read-only';
}

/**
 * The SQLSTATEs that are about the server or about other clients, and not about the statement:
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 *
 * Classes 08 connection, 40 transaction rollback (40002 apart, a violated constraint), 53 resources, 57 operator intervention,
 * 58 system, F0 configuration file, XX internal. Of class 25: read-only, and transactions that failed, idled or ran too long.
 * Of class 55: an object or a lock that another client holds.
 */
const unavailable = /^(08|40(?!002)|53|57|58|F0|XX)|^(25006|25P02|25P03|25P04|55006|55P03)$/;

/** PostgreSQL rolled the whole transaction back, so it may run again. */
const rolledBack = /^(25006|40001|40P01)$/;

/** Only the statement was cancelled, or only the transaction was rolled back. */
const connectionIsUsable = /^(40...|55...|57014)$/;

/** Wraps an error of the driver, unless it is about the statement itself. */
export function toPostgresError(cause: unknown): Error {
  const state = getSqlState(cause);
  if (state === undefined || unavailable.test(state)) return toUnavailable(cause);
  return cause as Error;
}

/** Wraps any error of connecting, a wrong password included. */
export function toUnavailable(cause: unknown): PostgresUnavailableError {
  const message = `PostgreSQL is unavailable: ${String(cause)}`;
  if (getSqlState(cause) === '25006') return new PostgresReadOnlyError(message, { cause });
  return new PostgresUnavailableError(message, { cause });
}

/** Whether PostgreSQL refused the password. */
export const isInvalidPassword = (error: unknown): boolean => getSqlState(error) === '28P01';

/** Whether the transaction, or a statement without one, had no effect and may run again. */
export const isRolledBack = (error: unknown): boolean =>
  error instanceof PostgresUnavailableError && rolledBack.test(getSqlState(error.cause) ?? '');

/** Whether the connection must be discarded after this error. */
export const breaksConnection = (error: unknown): boolean =>
  error instanceof PostgresUnavailableError && !connectionIsUsable.test(getSqlState(error.cause) ?? '');

/** The host is not found, refuses the connection, or does not respond. */
const unreachable = /^(ECONN(REFUSED|RESET|ABORTED)|E(HOST|NET)(UNREACH|DOWN)|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE)$/;

/**
 * Whether a later try may succeed: the server starts, restarts, fails over or has no connection left, or another client holds a lock. False
 * for a wrong password, database or certificate.
 */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof PostgresUnavailableError)) return false;
  const { code, message } = error.cause as NodeJS.ErrnoException;
  const state = getSqlState(error.cause);
  if (state !== undefined) return unavailable.test(state);
  // The driver's own errors have no code.
  return code === undefined ? /timeout|terminated/.test(message) : unreachable.test(code);
}

/** Whether the unique constraint or index of this name refused the statement. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  return getSqlState(error) === '23505' && (error as { constraint?: unknown }).constraint === constraint;
}

export function getSqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : undefined;
}
