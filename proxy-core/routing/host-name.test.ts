/** Contract: host names compare equal however a client spells them. */
import { expect, test } from 'vitest'
import { normaliseHost, normaliseHostPattern } from './host-name.ts'

test.each([
  ['example.test', 'example.test'],
  ['Example.TEST', 'example.test'],
  ['example.test:8080', 'example.test'],
  ['example.test:', 'example.test'],
  ['example.test.', 'example.test'],
  ['EXAMPLE.test.:443', 'example.test'],
  ['127.0.0.1:8080', '127.0.0.1'],
  ['[::1]', '[::1]'],
  ['[::1]:8080', '[::1]'],
  ['[2001:DB8::A]:80', '[2001:db8::a]'],
  ['', ''],
  ['.', '.'],
  [':80', ''],
  ['[::1', '[']
])('the Host field %j is compared as %j', (field, name) => {
  expect(normaliseHost(field)).toBe(name)
})

test.each([
  ['::1', '[::1]'],
  ['2001:DB8::a', '[2001:db8::a]'],
  ['[::1]', '[::1]'],
  ['Example.test:8080', 'example.test'],
  ['example.test', 'example.test']
])('the configured host %j is compared as %j', (host, name) => {
  expect(normaliseHostPattern(host)).toBe(name)
})
