import { clientOf } from './client-address';

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::ffff:c000:0201', '192.0.2.1'],
])('%s stands for itself: %s', (ip, client) => {
  expect(clientOf(ip)).toBe(client);
});

it('an IPv6 address stands for its network of 56 bits, however it is written', () => {
  const client = clientOf('2001:db8:0:1200::1');
  for (const same of ['2001:0DB8:0000:12ff:1:2:3:4', '2001:db8::1234:0:0:0:1', '2001:db8:0:1200::192.0.2.1']) {
    expect(clientOf(same)).toBe(client);
  }
  for (const other of ['2001:db8:0:1300::1', '2001:db8:1:1200::1', '::1', 'fe80::1%eth0']) {
    expect(clientOf(other)).not.toBe(client);
  }
});

it('what is no address is taken as it is', () => {
  for (const text of ['', 'unknown', '1.2.3.4:80', '::g']) expect(clientOf(text)).toBe(text);
});
