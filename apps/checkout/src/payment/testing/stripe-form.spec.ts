import { parseForm } from './stripe-form';

it('reads the nested parameters of a call', () => {
  expect(parseForm('amount=42&metadata[orderId]=a%20b&expand[0]=latest_charge&a[b][c]=d')).toEqual({
    amount: '42',
    metadata: { orderId: 'a b' },
    expand: { 0: 'latest_charge' },
    a: { b: { c: 'd' } },
  });
});
