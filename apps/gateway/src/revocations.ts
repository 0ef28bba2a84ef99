import { connectPostgres, type PostgresSettings } from '@badger-store/postgres-kit';
import { followRevocations, type RevocationFollower } from '@badger-store/service-kit';
import { createRecentRevocations, type RecentRevocations } from './postgres/recent-revocations';
import type { GatewayTables } from './postgres/tables';

export interface GatewayRevocations extends Omit<RevocationFollower, 'close'>, RecentRevocations {
  close(): Promise<void>;
}

/** So that neither a search nor a sign-in that waits for PostgreSQL makes the revocations stale. */
const ownConnections = 2;
/** Below the second after which a service gives a poll up. */
const statementTimeoutMs = 900;

/** The revocations, read from PostgreSQL on connections of their own: for this gateway and for the services that poll it. */
export function openRevocations(
  database: Omit<PostgresSettings, 'applicationName' | 'maxConnections' | 'statementTimeoutMs'>,
  report: { readonly staleness: (error?: unknown) => void; readonly postgres: (error: Error) => void },
): GatewayRevocations {
  const settings = { ...database, applicationName: 'gateway-revocations', maxConnections: ownConnections };
  const postgres = connectPostgres<GatewayTables>({ ...settings, statementTimeoutMs }, report.postgres);
  const recent = createRecentRevocations(postgres.db);
  const follower = followRevocations({ read: recent.read, report: report.staleness });
  return {
    ...follower,
    ...recent,
    async close() {
      follower.close();
      await postgres.close();
    },
  };
}
