import { newCartId, type CartsHarness } from './harness';

export function describeScans(name: string, harness: CartsHarness): void {
  describe(`${name}: a scan`, () => {
    it('finds every cart under its prefix, by ids of any characters, and no other key', async () => {
      const keyPrefix = `${newCartId()}[*]?:`;
      const ids = [
        'plain',
        'a{b}c',
        '100%',
        'with space',
        '*',
        'é\u0301',
        ...Array.from({ length: 300 }, () => newCartId()),
      ];
      const carts = harness.cache(0, { keyPrefix });
      await Promise.all(ids.map((id) => carts.add(id, 'mug', 1, { idempotencyKey: 'one' })));
      await harness.cache(0).add(newCartId(), 'mug');
      const found = new Set<string>();
      for await (const id of harness.cache(1, { keyPrefix }).scan()) found.add(id);
      expect([...found].sort()).toEqual([...ids].sort());
    });

    it('finds no cart that was deleted', async () => {
      const carts = harness.cache(0, { keyPrefix: `${newCartId()}:` });
      await carts.add('kept', 'mug');
      await carts.add('erased', 'mug', 1, { idempotencyKey: 'one' });
      await carts.delete('erased');
      const found: string[] = [];
      for await (const id of carts.scan()) found.push(id);
      expect(found).toEqual(['kept']);
    });
  });
}
