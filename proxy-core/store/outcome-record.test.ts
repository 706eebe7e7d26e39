/** Contract: words come back as they were written, and damage costs the word that it is in. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { STATE, type StateCode } from './entry-states.ts'
import { encodeOutcomes, readOutcomes, type OutcomeRecord } from './outcome-record.ts'

const outcomes = fc.array(
  fc.record({
    seq: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    tag: fc.uint8Array({ minLength: 8, maxLength: 8 }).map((octets) => Buffer.from(octets)),
    state: fc.constantFrom<StateCode>(...Object.values(STATE)),
    atMs: fc.integer({ min: 0 }),
    receivedAtMs: fc.integer({ min: 0 }),
    expiresAtMs: fc.constantFrom(5, Infinity),
    ...{ recordBytes: fc.nat(), bodyBytes: fc.nat(), attempts: fc.nat() },
    status: fc.integer({ min: 0, max: 999 }),
    reason: fc.string({ unit: 'grapheme', maxLength: 60 }),
    replayedAs: fc.option(fc.integer({ min: 1 }))
  }),
  { minLength: 1, maxLength: 12 }
)

function read(octets: Buffer): {
  readonly found: readonly OutcomeRecord[]
  readonly offsets: readonly number[]
  readonly damagedBytes: number
  readonly tornBytes: number
} {
  const found: OutcomeRecord[] = []
  const offsets: number[] = []
  const damage = readOutcomes(octets, 0, (outcome, offset) => {
    found.push(outcome)
    offsets.push(offset)
  })
  return { found, offsets, ...damage }
}

test('what was written is read, where it was said to be', () => {
  fc.assert(
    fc.property(outcomes, (written) => {
      const { octets, offsets } = encodeOutcomes(written)
      const undamaged = { damagedBytes: 0, tornBytes: 0 }
      expect(read(octets)).toEqual({ found: written, offsets, ...undamaged })
    })
  )
})

test('a reason of any length is cut between two characters', () => {
  const [word] = fc.sample(outcomes, 1)[0]!
  const { octets } = encodeOutcomes([{ ...word!, reason: 'ä€'.repeat(300) }, word!])
  const { found } = read(octets)
  expect(found[0]!.reason).toMatch(/^(ä€)+ä?$/)
  expect(Buffer.byteLength(found[0]!.reason)).toBeGreaterThan(390)
  expect(found[1]).toEqual(word)
})

test('a flipped bit costs its word, and a torn end what it had', () => {
  fc.assert(
    fc.property(outcomes, fc.nat(), fc.nat({ max: 7 }), (written, place, bit) => {
      const { octets, offsets } = encodeOutcomes(written)
      const at = place % octets.length
      octets[at]! ^= 1 << bit
      const hit = offsets.findLastIndex((offset) => offset <= at)
      expect(read(octets).found).toEqual(written.filter((_, index) => index !== hit))
      octets[at]! ^= 1 << bit
      const torn = read(octets.subarray(0, at))
      expect(torn.found).toEqual(written.slice(0, hit))
      expect(torn).toMatchObject({ damagedBytes: 0, tornBytes: at - offsets[hit]! })
    })
  )
})
