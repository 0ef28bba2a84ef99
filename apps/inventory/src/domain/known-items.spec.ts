import { rememberKnownItems } from './known-items';

const catalogueOf = (...ids: string[]) => ({
  find: jest.fn((id: string) => Promise.resolve(ids.includes(id) ? ({ id } as never) : undefined)),
});

describe('known items', () => {
  it('are asked for once a minute', async () => {
    let now = 1;
    const catalogue = catalogueOf('mug');
    const isKnown = rememberKnownItems(catalogue, { now: () => now });
    expect([await isKnown('mug'), await isKnown('mug')]).toEqual([true, true]);
    expect(catalogue.find).toHaveBeenCalledTimes(1);
    now = 60_000;
    expect(await isKnown('mug')).toBe(true);
    expect(catalogue.find).toHaveBeenCalledTimes(1);
    now = 60_002;
    expect(await isKnown('mug')).toBe(true);
    expect(catalogue.find).toHaveBeenCalledTimes(2);
  });

  it('do not include those that were missing a moment ago', async () => {
    const catalogue = catalogueOf();
    const isKnown = rememberKnownItems(catalogue);
    expect([await isKnown('mug'), await isKnown('mug')]).toEqual([false, false]);
    expect(catalogue.find).toHaveBeenCalledTimes(2);
  });

  it('stay known while the catalogue is away', async () => {
    const catalogue = catalogueOf('mug');
    const isKnown = rememberKnownItems(catalogue);
    await isKnown('mug');
    catalogue.find.mockRejectedValue(new Error('away'));
    expect(await isKnown('mug')).toBe(true);
    await expect(isKnown('cap')).rejects.toThrow('away');
  });

  it('are bounded in number: the one looked up longest ago is forgotten first', async () => {
    const catalogue = { find: jest.fn((id: string) => Promise.resolve({ id } as never)) };
    const isKnown = rememberKnownItems(catalogue);
    for (let i = 0; i <= 10_000; i += 1) await isKnown(`item-${i}`);
    await isKnown('item-1');
    expect(catalogue.find).toHaveBeenCalledTimes(10_001);
    await isKnown('item-0');
    expect(catalogue.find).toHaveBeenCalledTimes(10_002);
  });
});
