import type { OrderLine } from './order';
import { totalsOf } from './totals';

const line = (amount: number, currency = 'EUR'): OrderLine => ({
  ...{ id: 'mug', name: 'Mug', quantity: 1 },
  unitPrice: { amount, currency },
  lineTotal: { amount, currency },
});
const amounts = (lines: readonly OrderLine[], rules: Parameters<typeof totalsOf>[1]) => {
  const { subtotal, shipping, tax, total } = totalsOf(lines, rules);
  return [subtotal.amount, shipping.amount, tax.amount, total.amount];
};

describe('what an order comes to', () => {
  it('is the sum of its lines where nothing is added', () => {
    expect(amounts([line(1999), line(15)], { shippingAmount: 0, taxBasisPoints: 0 })).toEqual([2014, 0, 0, 2014]);
  });

  it('has shipping, unless the lines come to enough', () => {
    const rules = { shippingAmount: 490, freeShippingFrom: 5000, taxBasisPoints: 0 };
    expect(amounts([line(4999)], rules)).toEqual([4999, 490, 0, 5489]);
    expect(amounts([line(5000)], rules)).toEqual([5000, 0, 0, 5000]);
  });

  it.each([
    [1000, 1900, 190],
    [1, 1900, 0],
    [3, 1900, 1],
    [50, 100, 1],
    [49, 100, 0],
    [10, 10_000, 10],
  ])('has tax on all of it, rounded half up once: %i at %i is %i', (amount, taxBasisPoints, tax) => {
    expect(amounts([line(amount)], { shippingAmount: 0, taxBasisPoints })[2]).toBe(tax);
  });

  it('has tax on shipping too', () => {
    expect(amounts([line(1000)], { shippingAmount: 500, taxBasisPoints: 1900 })).toEqual([1000, 500, 285, 1785]);
  });

  it('is in one currency', () => {
    expect(() => totalsOf([line(1), line(1, 'GBP')], { shippingAmount: 0, taxBasisPoints: 0 })).toThrow(/one currency/);
  });

  it('is exact, or refused', () => {
    const rules = { shippingAmount: 0, taxBasisPoints: 1 };
    expect(amounts([line(9_000_000_000_000_000)], rules)[2]).toBe(900_000_000_000);
    expect(() => totalsOf([line(Number.MAX_SAFE_INTEGER)], rules)).toThrow(/too large/);
  });
});
