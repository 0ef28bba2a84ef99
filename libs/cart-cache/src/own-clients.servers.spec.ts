import {
  startRedisCluster,
  startRedisServer,
  type RedisCluster,
  type RedisServer,
} from '@badger-store/redis-kit/testing';
import { isStress } from '@badger-store/test-kit';
import { createCarts, RedisUnavailableError, type Carts } from './index';
import { describeCarts } from './testing';
import { ownClients, type OwnClient } from './testing/own-clients';

let server: RedisServer;
let cluster: RedisCluster;

beforeAll(async () => {
  [server, cluster] = await Promise.all([startRedisServer(), startRedisCluster()]);
});
afterAll(() => Promise.all([server.stop(), cluster.stop()]));

const everyDay = ['ioredis', 'node-redis cluster'];

describe.each(isStress ? Object.keys(ownClients) : everyDay)('through %s', (name) => {
  let clients: OwnClient[];

  beforeAll(async () => {
    const connect = ownClients[name] as (typeof ownClients)[string];
    clients = await Promise.all([1, 2, 3].map(() => connect({ server, cluster })));
  });
  afterAll(() => Promise.all(clients.map((client) => client.close())));

  const open = (n: number, options: object = {}): Carts => {
    const { redis } = clients[n % clients.length] as OwnClient;
    // The contract is about results; a busy machine must not exceed the deadline.
    return createCarts({ redis, deadlineMs: 5000, onEvent: () => undefined, ...options });
  };

  describeCarts(`through ${name}`, { cache: open });

  it('close leaves the client of the caller open', async () => {
    const carts = open(0);
    await carts.ready();
    await carts.close();
    await expect(carts.get('reader')).rejects.toBeInstanceOf(RedisUnavailableError);
    expect(await open(0).get('reader')).toEqual([]);
  });
});
