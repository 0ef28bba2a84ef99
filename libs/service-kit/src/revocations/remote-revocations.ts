import type { Logger } from 'pino';
import { createServiceTokens, type ServiceSecrets } from '../auth/service-token';
import { createServiceClient } from '../http/service-client';
import { followRevocations, type RevocationFollower } from './follow-revocations';
import { parsePage } from './revocation-page';

export const revocationsPath = '/internal/revocations';

export interface RemoteRevocationsConfig {
  readonly GATEWAY_ADMIN_URL: readonly string[];
  readonly SERVICE_TOKEN_SECRET_FILE: ServiceSecrets;
}

const deadlineMs = 1000;

/** Follows the revocations that the gateway has, as the service `caller`. */
export function followRemoteRevocations(
  config: RemoteRevocationsConfig,
  caller: string,
  log: Pick<Logger, 'warn' | 'info'>,
): RevocationFollower {
  const { tokenFor } = createServiceTokens(config.SERVICE_TOKEN_SECRET_FILE, caller);
  const call = createServiceClient({
    name: 'gateway',
    urls: config.GATEWAY_ADMIN_URL,
    token: () => tokenFor('gateway'),
  });
  return followRevocations({
    read: (cursor) =>
      call({
        method: 'GET',
        path: cursor === undefined ? revocationsPath : `${revocationsPath}?after=${cursor}`,
        deadlineMs,
        read({ status, body }) {
          if (status !== 200) throw new Error(`The gateway responded with status ${status}`);
          return parsePage(body);
        },
      }),
    report: reportStaleness(log),
  });
}

/** One line in the log when the revocations become stale, and one when they are fresh again. */
export const reportStaleness = (log: Pick<Logger, 'warn' | 'info'>) => (err?: unknown) =>
  err === undefined ? log.info('revocations are fresh again') : log.warn({ err }, 'revocations are stale');
