import { connectPostgres, type Postgres, type PostgresSettings } from '@badger-store/postgres-kit';
import { connectRedis, type RedisClient } from '@badger-store/redis-kit';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { assembleService, type ServiceParts } from './assemble-service';
import { signServiceToken } from './auth/service-token';
import { createServiceClient, type CallService } from './http/service-client';
import { createInterval } from './interval';
import type { Service } from './run-service';
import { toIdentityFiles } from './settings/https-settings';
import { toPostgresSettings } from './settings/postgres-settings';
import { toRedisSettings } from './settings/redis-settings';
import type { ServiceConfig, ServiceName } from './settings/service-settings';
import { createMetrics, observeCertificates, observePostgres, observeRedis } from './telemetry/metrics';
import { followTrust, type TlsClient } from './tls/tls';

type PoolLimits = Partial<Pick<PostgresSettings, 'applicationName' | 'maxConnections' | 'statementTimeoutMs'>>;

/** The connections and metrics that every service has. `composeService` opens and closes them. */
export interface Foundation<Tables> {
  readonly metrics: Registry;
  readonly redis: RedisClient;
  /** For carts: repeats a call that certainly had no effect until its deadline, so that a planned restart of Redis fails no call. */
  readonly cartsRedis: ReturnType<RedisClient['repeating']>;
  readonly db: Postgres<Tables>['db'];
  /** Opens another pool of connections to the service's schema. */
  openPool(limits: PoolLimits): Postgres<Tables>['db'];
  tlsTo(callee: ServiceName): TlsClient;
  createCaller(callee: ServiceName, urls: readonly string[]): CallService;
  /** Returns a function that logs an error as a warning. */
  report(what: string): (err: unknown) => void;
}

export interface ComposedParts extends Omit<ServiceParts, 'checks' | 'findings' | 'metrics' | 'close'> {
  /** Dependencies besides Redis and PostgreSQL. */
  readonly checks?: ServiceParts['checks'];
  /** Each run resolves to the ms until the next one. A run that rejects is logged, and repeated after 5 s. */
  readonly jobs?: readonly { readonly name: string; run(): Promise<number> }[];
  /** Called after the jobs have ended. */
  close?(): Promise<void> | void;
}

/** Longer than a handover of the primary's role holds writes back, and shorter than a client waits. */
const redisDeadlineMs = 900;
const jobRetryMs = 5000;

interface ServiceIdentity {
  readonly name: ServiceName;
  readonly schema: string;
  readonly config: ServiceConfig;
  readonly log: Logger;
}

/** Adds metrics, Redis, PostgreSQL and background jobs to a service's own parts, and closes them in the right order. */
export function composeService<Tables>(
  { name, schema, config, log }: ServiceIdentity,
  compose: (foundation: Foundation<Tables>) => ComposedParts,
): Service {
  const report = (what: string) => (err: unknown) => log.warn({ err }, what);
  const metrics = createMetrics();
  const { onCall, onEvent } = observeRedis(metrics, log);
  const onCertificate = observeCertificates(metrics);
  const redisSettings = { ...toRedisSettings(config, name), deadlineMs: redisDeadlineMs, onCall };
  const redis = connectRedis(redisSettings, onEvent, onCertificate('redis'));
  const database = {
    ...toPostgresSettings(config),
    schema,
    onQuery: observePostgres(metrics),
    onCertificate: onCertificate('postgres'),
  };
  const pools: Postgres<Tables>[] = [];
  const openPool = (limits: PoolLimits = {}) => {
    const pool = connectPostgres<Tables>(
      { ...database, applicationName: name, ...limits },
      report('postgres connection failed'),
    );
    pools.push(pool);
    return pool;
  };
  const postgres = openPool();
  const tokenFor = (callee: ServiceName) => signServiceToken(config.SERVICE_TOKEN_SECRET_FILE, name, callee);
  const files = toIdentityFiles(config);
  const trust = followTrust(config.UPSTREAM_TLS_CA_FILE, log);
  const tlsTo = (callee: ServiceName): TlsClient => ({
    secureContext: trust.current,
    onCertificate: onCertificate(callee),
  });

  const {
    jobs = [],
    checks,
    close,
    ...parts
  } = compose({
    metrics,
    redis,
    cartsRedis: redis.repeating(),
    db: postgres.db,
    openPool: (limits) => openPool(limits).db,
    tlsTo,
    createCaller: (callee, urls) =>
      createServiceClient({ name: callee, urls, token: () => tokenFor(callee), tls: tlsTo(callee) }),
    report,
  });
  const running = jobs.map(({ name: job, run }) =>
    createInterval(() =>
      run().catch((err: unknown) => {
        log.warn({ err, job }, 'background job failed');
        return jobRetryMs;
      }),
    ),
  );

  return assembleService(config, log, {
    ...parts,
    metrics,
    checks: { redis: redis.ping, postgres: postgres.ping, ...checks },
    findings: redis.findings,
    identity: files && { ...files, onCertificate: onCertificate(name) },
    async close() {
      trust.close();
      await Promise.all(running.map((job) => job.stop()));
      await close?.();
      await redis.close();
      await Promise.all(pools.map((pool) => pool.close()));
    },
  });
}
