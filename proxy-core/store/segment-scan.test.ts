/** Contract: a scan finds every whole record, whatever is between them, and no other. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DiskFile } from './disk.ts'
import { encodeRecord, recordBytesOf, recordSeedOf } from './entry-record.ts'
import { scanSegment, type DamagedSpan } from './segment-scan.ts'
import { bodyOf, sampleEntry } from './testing/store-stage.ts'

const SEED = recordSeedOf('00112233445566778899aabbccddeeff')

function record(seq: number, body: Buffer, seed = SEED): Buffer {
  const entry = sampleEntry(seq, { body })
  const bytes = recordBytesOf(entry)
  const octets = Buffer.alloc(bytes)
  const numbers = { seq, tag: Buffer.alloc(8, seq), keyHash: 0, routeHash: 1, bytes }
  encodeRecord(octets, 0, entry, numbers, seed)
  body.copy(octets, bytes - body.length)
  return octets
}

async function scanned(octets: Buffer): Promise<{
  readonly seqs: readonly number[]
  readonly damaged: readonly DamagedSpan[]
  readonly goodBytes: number
  readonly tornBytes: number
}> {
  const file = {
    readAt: (into: Buffer, position: number) => Promise.resolve(octets.copy(into, 0, position))
  } as Pick<DiskFile, 'readAt'> as DiskFile
  const seqs: number[] = []
  const damaged: DamagedSpan[] = []
  const end = await scanSegment(
    file,
    { from: 0, to: octets.length, seed: SEED },
    {
      onRecord: ({ seq }) => void seqs.push(seq),
      onDamage: (span) => void damaged.push(span)
    }
  )
  return { seqs, damaged, ...end }
}

test('records of every size are found, also those larger than what is read at once', async () => {
  const sizes = [0, 10, 262_144, 5, 700_000, 1]
  const octets = Buffer.concat(sizes.map((bytes, at) => record(at + 1, bodyOf(at + 1, bytes))))
  expect(await scanned(octets)).toEqual({
    ...{ seqs: [1, 2, 3, 4, 5, 6], damaged: [], goodBytes: octets.length, tornBytes: 0 }
  })
})

test('damage anywhere costs at most the records that it is in', async () => {
  const sizes = fc.array(fc.constantFrom(0, 3, 200, 5000, 300_000), { minLength: 2, maxLength: 8 })
  const cuts = fc.array(
    fc.record({
      at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      bytes: fc.integer({ min: 1, max: 300 })
    }),
    { maxLength: 3 }
  )
  await fc.assert(
    fc.asyncProperty(sizes, cuts, async (bodies, holes) => {
      const records = bodies.map((bytes, at) => record(at + 1, bodyOf(at + 1, bytes)))
      const octets = Buffer.concat(records)
      for (const { at, bytes } of holes) {
        const start = Math.floor(at * octets.length)
        for (let one = start; one < Math.min(start + bytes, octets.length); one++) {
          octets[one]! ^= 0x55
        }
      }
      const whole: number[] = []
      let offset = 0
      for (const [at, one] of records.entries()) {
        if (octets.subarray(offset, offset + one.length).equals(one)) whole.push(at + 1)
        offset += one.length
      }
      const { seqs, goodBytes, tornBytes } = await scanned(octets)
      expect(seqs).toEqual(whole)
      expect(goodBytes + tornBytes).toBe(octets.length)
    }),
    { numRuns: 60 }
  )
})

test('a record within a body is never taken for one, also where the record around it is damaged', async () => {
  const forged = record(2, Buffer.from('forged'), recordSeedOf('00'.repeat(16)))
  const around = record(1, forged)
  const octets = Buffer.concat([around, record(3, bodyOf(3))])
  octets[10]! ^= 1
  const { seqs, damaged } = await scanned(octets)
  expect(seqs).toEqual([3])
  expect(damaged).toMatchObject([{ offset: 0, bytes: around.length, fixed: null }])
})

test('a magic that begins in one window and ends in the next is found', async () => {
  for (const shift of [-3, -2, -1, 0, 1]) {
    const noise = Buffer.alloc(256 * 1024 + 1 + shift, 'n')
    const octets = Buffer.concat([noise, record(1, bodyOf(1))])
    expect((await scanned(octets)).seqs).toEqual([1])
  }
})
