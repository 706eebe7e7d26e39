/** Contract: MurmurHash3 to the letter, and every bit of a key matters to every bit of the hash. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { avalanche, keyHash } from './key-hash.ts'

/** Published test vectors of MurmurHash3_x86_32: text, seed, hash. */
test.each([
  ['', 0, 0],
  ['', 1, 0x514e28b7],
  ['', -1, 0x81f16f39],
  ['test', 0, 0xba6bd213],
  ['Hello, world!', 0, 0xc0363e43],
  ['The quick brown fox jumps over the lazy dog', 0, 0x2e4ff723],
  ['aaaa', 0x9747b28c, 0x5a97808a],
  ['abc', 0, 0xb3dd93fa]
])('%j with seed %i', (text, seed, hash) => {
  expect(keyHash(text, seed)).toBe(hash)
})

test('one flipped bit of a key flips about half of the bits of its hash', () => {
  const flips = new Array<number>(32).fill(0)
  let pairs = 0
  for (let key = 0; key < 2000; key++) {
    const text = `case-${key}`
    for (let bit = 0; bit < 8; bit++) {
      const place = (key + bit) % text.length
      const flipped = String.fromCharCode(text.charCodeAt(place) ^ (1 << bit))
      const other = text.slice(0, place) + flipped + text.slice(place + 1)
      const difference = keyHash(text) ^ keyHash(other)
      for (let at = 0; at < 32; at++) flips[at]! += (difference >>> at) & 1
      pairs++
    }
  }
  for (const count of flips) expect(Math.abs(count / pairs - 0.5)).toBeLessThan(0.02)
})

test('hashes are whole numbers of 32 bits, and the finaliser never maps two to one', () => {
  const octet = fc.integer({ min: 0, max: 255 })
  fc.assert(
    fc.property(fc.array(octet), fc.integer(), fc.integer(), (octets, a, b) => {
      const hash = keyHash(String.fromCharCode(...octets))
      expect(Number.isInteger(hash) && hash >= 0 && hash < 2 ** 32).toBe(true)
      if (a !== b) expect(avalanche(a)).not.toBe(avalanche(b))
    })
  )
})
