/** Contract: a slip of the fingers finds its name, another word finds none. */
import { expect, test } from 'vitest'
import { nearestName } from './nearest-name.ts'

const OPTIONS = [
  'health_check',
  'algorithm',
  'backends',
  'timeouts',
  'tls',
  'name',
  'max_connections'
]

test.each([
  ['helth_check', 'health_check'],
  ['healthcheck', 'health_check'],
  ['health-check', 'health_check'],
  ['healthCheck', 'health_check'],
  ['algoritm', 'algorithm'],
  ['backedns', 'backends'],
  ['timeout', 'timeouts'],
  ['tsl', 'tls'],
  ['nmae', 'name'],
  ['maxconnection', 'max_connections']
])('%s finds %s', (word, expected) => {
  expect(nearestName(word, OPTIONS)).toBe(expected)
})

test.each(['zebra', 'x', 'port', '', 'a'.repeat(1000)])('%j finds nothing', (word) => {
  expect(nearestName(word, OPTIONS)).toBeUndefined()
})

test('a swap of neighbours is one slip, nearer than two substitutions', () => {
  expect(nearestName('ab', ['ba'])).toBe('ba')
  expect(nearestName('ab', ['cd'])).toBeUndefined()
})

test('the first of equally near names wins', () => {
  expect(nearestName('cat', ['bat', 'rat'])).toBe('bat')
})
