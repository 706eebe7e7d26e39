/** Contract: a record gives back what was put in, or says that it is damaged. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  decodeBody,
  decodeFixed,
  decodeTexts,
  encodeRecord,
  recordBytesOf,
  recordSeedOf
} from './entry-record.ts'
import type { NewEntry } from './request-store.ts'
import { sampleEntry } from './testing/store-stage.ts'

const SEED = recordSeedOf('00112233445566778899aabbccddeeff')

function encoded(entry: NewEntry, seed = SEED): Buffer {
  const bytes = recordBytesOf(entry)
  const octets = Buffer.alloc(bytes)
  const numbers = { seq: 2 ** 40 + 3, tag: Buffer.alloc(8, 7), keyHash: 2 ** 47 + 1, routeHash: 9 }
  encodeRecord(octets, 0, entry, { ...numbers, bytes }, seed)
  entry.body.copy(octets, bytes - entry.body.length)
  return octets
}

const text = fc.string({ unit: 'grapheme', maxLength: 60 })
const latin1 = fc
  .array(fc.integer({ min: 0, max: 255 }), { maxLength: 200 })
  .map((codes) => String.fromCharCode(...codes))
const entries = fc.record({
  ...{ route: text, key: text, method: text, target: text, idempotencyKey: text, head: latin1 },
  receivedAtMs: fc.double({ noNaN: true, noDefaultInfinity: true }),
  expiresAtMs: fc.constantFrom(0, 1.5, 1_770_000_000_000, Infinity),
  body: fc.uint8Array({ maxLength: 40_000, size: 'max' }).map((octets) => Buffer.from(octets))
})

test('what was put in comes back', () => {
  fc.assert(
    fc.property(entries, (entry) => {
      const octets = encoded(entry)
      const fixed = decodeFixed(octets, SEED)!
      const { body, receivedAtMs, expiresAtMs, ...texts } = entry
      expect(fixed).toMatchObject({ seq: 2 ** 40 + 3, keyHash: 2 ** 47 + 1, routeHash: 9 })
      expect(fixed).toMatchObject({ receivedAtMs, expiresAtMs, bytes: octets.length })
      expect(decodeTexts(octets, fixed)).toEqual(texts)
      expect(decodeBody(octets, fixed)!.equals(body)).toBe(true)
    }),
    { numRuns: 50 }
  )
})

test('each flipped bit is found, in the part where it is', () => {
  const octets = encoded(sampleEntry(1, { body: Buffer.from('a body') }))
  const { textBytes } = decodeFixed(octets, SEED)!
  for (let bit = 0; bit < octets.length * 8; bit++) {
    const damaged = Buffer.from(octets)
    damaged[bit >> 3]! ^= 1 << (bit & 7)
    const fixed = decodeFixed(damaged, SEED)
    const part = bit >> 3 < 96 ? 'fixed' : bit >> 3 < 96 + textBytes ? 'texts' : 'body'
    expect(fixed === null, `bit ${bit}`).toBe(part === 'fixed')
    if (fixed === null) continue
    expect(decodeTexts(damaged, fixed) === null, `bit ${bit}`).toBe(part === 'texts')
    expect(decodeBody(damaged, fixed) === null, `bit ${bit}`).toBe(part === 'body')
  }
})

test('what is cut short, and what another store wrote, is no record', () => {
  const octets = encoded(sampleEntry(1))
  const fixed = decodeFixed(octets, SEED)!
  expect(decodeFixed(octets.subarray(0, 95), SEED)).toBeNull()
  expect(decodeTexts(octets.subarray(0, 120), fixed)).toBeNull()
  expect(decodeBody(octets.subarray(0, -1), fixed)).toBeNull()
  expect(decodeFixed(octets, recordSeedOf('ff'.repeat(16)))).toBeNull()
})
