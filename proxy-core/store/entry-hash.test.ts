/** Contract: equal keys of a store have equal hashes; nobody can choose keys that collide. */
import { expect, test } from 'vitest'
import { KeyHashes, keyHashOf, routeHashOf } from './entry-hash.ts'

const STORE = '00112233445566778899aabbccddeeff'

test('a hash depends on the key and on the store, and 0 means no key', () => {
  const hashes = new KeyHashes(STORE)
  expect(hashes.of('')).toBe(0)
  expect(hashes.of('a')).toBe(keyHashOf(STORE, 'a'))
  expect(hashes.of('a')).not.toBe(hashes.of('b'))
  expect(hashes.of('a')).not.toBe(new KeyHashes('ff'.repeat(16)).of('a'))
  expect(hashes.of('a')).toBeLessThan(2 ** 48)
})

test('it is the same whether it was known of late or not, with any number of keys', () => {
  const hashes = new KeyHashes(STORE)
  const keys = Array.from({ length: 10_000 }, (_, number) => `key ${number}`)
  const first = keys.map((key) => hashes.of(key))
  expect(keys.map((key) => hashes.of(key))).toEqual(first)
  expect(new Set(first).size).toBe(keys.length)
  const long = 'x'.repeat(100_000)
  expect(hashes.of(long)).toBe(keyHashOf(STORE, long))
})

test('routes are told apart, and are the same in every store', () => {
  const hashes = Array.from({ length: 3000 }, (_, number) => routeHashOf(`route ${number}`))
  expect(new Set(hashes).size).toBe(3000)
  expect(routeHashOf('route 1')).toBe(hashes[1])
})
