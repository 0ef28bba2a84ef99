import { describeCarts } from './contract';
import { createInMemoryCarts } from './in-memory-carts';
import { InMemoryCartStore } from './in-memory-cart-store';

const store = new InMemoryCartStore(Date.now);

describeCarts('in memory', { cache: (_n, options) => createInMemoryCarts({ ...options, store }) });

describe('a cart in memory', () => {
  it('ends when it is left alone, and lives on when it is read or changed', async () => {
    let now = 0;
    const cache = createInMemoryCarts({ ttlSeconds: 10, now: () => now });
    await cache.add('someone', 'a');
    now = 9_000;
    await cache.get('someone');
    now = 18_000;
    expect(await cache.get('someone')).toHaveLength(1);
    now = 28_000;
    expect(await cache.get('someone')).toEqual([]);
  });

  it('is of one cache alone, unless caches share a store', async () => {
    await createInMemoryCarts().add('someone', 'a');
    expect(await createInMemoryCarts().get('someone')).toEqual([]);
  });
});
