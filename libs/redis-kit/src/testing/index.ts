export { monitor, type Monitored, type MonitoredCommand } from './monitor';
export { startRedisCluster, type RedisCluster } from './redis-cluster';
export { startRedisSentinel, type RedisSentinel } from './redis-sentinel';
export { startRedisServer, type RedisServer, type RedisServerOptions } from './redis-server';
export { trafficDuring, type Traffic } from './traffic';
export { startRewritingProxy, type RewritingProxy } from './rewriting-proxy';
