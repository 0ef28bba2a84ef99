import { rememberAvailability } from './availability';

const toCatalogue = (stock: Record<string, number>) => ({
  find: jest.fn((id: string) =>
    Promise.resolve(stock[id] === undefined ? undefined : ({ id, available: stock[id] } as never)),
  ),
});

it('the availability of an item is read once in 10 seconds', async () => {
  let now = 1;
  const stock = { mug: 7 };
  const catalogue = toCatalogue(stock);
  const getAvailability = rememberAvailability(catalogue, { now: () => now });
  expect(await getAvailability('mug')).toBe(7);
  stock.mug = 0;
  now = 10_000;
  expect(await getAvailability('mug')).toBe(7);
  expect(catalogue.find).toHaveBeenCalledTimes(1);
  now = 10_001;
  expect(await getAvailability('mug')).toBe(0);
});

it.each([
  ['missing', {}, undefined],
  ['sold out', { mug: 0 }, 0],
])('an item that is %s is read each time', async (_what, stock, available) => {
  const catalogue = toCatalogue(stock);
  const getAvailability = rememberAvailability(catalogue);
  expect([await getAvailability('mug'), await getAvailability('mug')]).toEqual([available, available]);
  expect(catalogue.find).toHaveBeenCalledTimes(2);
});

it('an item stays available while the catalogue cannot be read, however long', async () => {
  let now = 1;
  const catalogue = toCatalogue({ mug: 7 });
  const getAvailability = rememberAvailability(catalogue, { now: () => now });
  await getAvailability('mug');
  catalogue.find.mockRejectedValue(new Error('unavailable'));
  now = 3_600_000;
  expect(await getAvailability('mug')).toBe(7);
  await expect(getAvailability('cap')).rejects.toThrow('unavailable');
});

it('the item that was read longest ago is forgotten first when there are too many', async () => {
  const catalogue = { find: jest.fn((id: string) => Promise.resolve({ id, available: 1 } as never)) };
  const getAvailability = rememberAvailability(catalogue);
  for (let i = 0; i <= 10_000; i += 1) await getAvailability(`item-${i}`);
  await getAvailability('item-1');
  expect(catalogue.find).toHaveBeenCalledTimes(10_001);
  await getAvailability('item-0');
  expect(catalogue.find).toHaveBeenCalledTimes(10_002);
});
