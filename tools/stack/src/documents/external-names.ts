/** Names that documents use and our sources do not: of other programs, and of what was tried and rejected. */
export const externalNames: readonly {
  readonly in: string;
  readonly names: readonly string[];
  readonly reason: string;
}[] = [
  { in: 'docs/changing-it.md', names: ['weightGrams'], reason: 'a field that an example adds' },
  { in: 'docker/README.md', names: ['CapEff', 'NoNewPrivs'], reason: 'fields of /proc/self/status' },
  {
    in: 'docs/decisions/0007-sql-migrations.md',
    names: ['allowUnorderedMigrations'],
    reason: 'an option of Kysely that was tried',
  },
  {
    in: 'docs/decisions/0009-own-routing-over-ioredis.md',
    names: [
      'retryDelayOnFailover',
      'retryDelayOnClusterDown',
      'clusterNodeRetryStrategy',
      'redisOptions',
      'failoverDetector',
    ],
    reason: 'options of ioredis that were tried',
  },
  {
    in: 'docs/decisions/0010-forwarder.md',
    names: ['BalancedPool', 'RoundRobinPool'],
    reason: 'classes of undici that were tried',
  },
  {
    in: 'docs/dependencies.md',
    names: ['express.json', 'createRemoteJWKSet', 'cacheMaxAge'],
    reason: 'functions of packages that were tried',
  },
  {
    in: 'docs/runbooks/',
    names: ['nodejs_gc_duration_seconds', 'connected_slaves', 'aof_delayed_fsync', 'CrashLoopBackOff'],
    reason: 'metrics of prom-client, fields of Redis’s INFO, a state of Kubernetes',
  },
  { in: 'libs/postgres-kit/README.md', names: ['target_session_attrs'], reason: 'a parameter of libpq' },
];
