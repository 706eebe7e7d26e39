/** Contract: one client is one key, however its address is written. */
import { expect, test } from 'vitest'
import { clientNetwork } from './client-network.ts'

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::FFFF:c000:207', '192.0.2.7'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:DB8:0:0:ffff:1:2:3', '2001:db8:0:0::/64'],
  ['2001:0db8:0000:0000::', '2001:db8:0:0::/64'],
  ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
  ['64:ff9b::192.0.2.7', '64:ff9b:0:0::/64'],
  ['1:2:3:4:5:6:7:8', '1:2:3:4::/64'],
  ['::2:3:4:5:6:7:8', '0:2:3:4::/64'],
  ['1:2:3:4:5:6:7::', '1:2:3:4::/64'],
  ['2001:db8::1%eth0', '2001:db8:0:0::/64'],
  ['::ffff:192.0.2.7%1', '192.0.2.7'],
  ['1::2::3', '1::2::3'],
  ['1:2:3', '1:2:3'],
  ['1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7:8:9'],
  ['::12345', '::12345'],
  ['::g', '::g'],
  ['::1.2.3', '::1.2.3']
])('%s is %s', (address, network) => {
  expect(clientNetwork(address)).toBe(network)
})

test('local addresses count one by one, in whatever spelling', () => {
  const one = clientNetwork('fe80::1%eth0')
  expect(clientNetwork('FE80:0::0001')).toBe(one)
  expect(clientNetwork('fe80::2')).not.toBe(one)
  expect(clientNetwork('fd12:3456::a:1')).not.toBe(clientNetwork('fd12:3456::a:2'))
  expect(clientNetwork('::1')).not.toBe(clientNetwork('::2'))
})
