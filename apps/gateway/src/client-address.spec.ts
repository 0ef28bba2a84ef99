import { toClientNetwork } from './client-address';

it.each([
  ['10.0.0.1', '10.0.0.1'],
  ['::ffff:10.0.0.1', '10.0.0.1'],
  ['::ffff:a00:1', '10.0.0.1'],
  ['2001:db8:0:1ff:1::2', '2001:db8:0:100:0:0:0:0'],
  ['2001:DB8:0:100::', '2001:db8:0:100:0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0:0:0:0:0'],
  ['::1', '0:0:0:0:0:0:0:0'],
  ['no address', 'no address'],
  ['', ''],
])('the network of %j is %j', (address, network) => {
  expect(toClientNetwork(address)).toBe(network);
});
