import { findingsIn } from './inspect-redis';

const info = (fields: Record<string, string>) =>
  Object.entries({ redis_version: '7.2.4', maxmemory_policy: 'noeviction', aof_enabled: '1', ...fields })
    .map(([name, value]) => `${name}:${value}`)
    .join('\r\n');
const getCodes = (fields: Record<string, string>) => findingsIn(info(fields), 'Redis').map(({ code }) => code);

describe('the version of Redis', () => {
  it.each(['7.0.0', '7.4.1', '8.2.0', '10.0.0'])('is taken when it is %s', (version) => {
    expect(getCodes({ redis_version: version })).toEqual([]);
  });

  it.each(['6.2.14', '6.9.9', '5.0.14', '0.9', 'unstable', ''])('is found wrong when it is %j', (version) => {
    expect(getCodes({ redis_version: version })).toEqual(['version']);
  });

  it.each<Record<string, string>>([{ valkey_version: '8.0.1' }, { redict_version: '7.3.0' }])(
    'is the successor’s own when INFO names no other: %j',
    (fields) => {
      expect(getCodes({ redis_version: '', ...fields })).toEqual([]);
      expect(getCodes({ redis_version: '7.2.4', server_name: 'valkey', ...fields })).toEqual([]);
    },
  );
});

it.each(['allkeys-lru', 'allkeys-lfu', 'volatile-lru', 'volatile-ttl', ''])(
  'the eviction policy is found wrong when it is %j',
  (policy) => {
    expect(getCodes({ maxmemory_policy: policy })).toEqual(['eviction']);
  },
);

it('persistence is found missing when there is no append-only file', () => {
  expect(getCodes({ aof_enabled: '0' })).toEqual(['persistence']);
});

it('a finding says in plain words what is wrong and what to do', () => {
  const [finding] = findingsIn(info({ maxmemory_policy: 'allkeys-lru' }), 'Redis at redis:6379');
  expect(finding?.message).toBe(
    'Redis at redis:6379 has maxmemory-policy allkeys-lru, by which carts can be dropped when memory is short. Set it to noeviction.',
  );
});
