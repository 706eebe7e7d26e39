/** Contract: a header says what its file is, or that it cannot be trusted; names say the same. */
import { expect, test } from 'vitest'
import { decodeHeader, encodeHeader, HEADER_BYTES, type FileHeader } from './file-header.ts'
import { isTemporary, nameOf, readName } from './file-names.ts'

const HEADER: FileHeader = {
  ...{ kind: 'index', storeId: '00112233445566778899aabbccddeeff', number: 12, lastNumber: 15 },
  ...{ generation: 3, part: 0, firstSeq: 2 ** 40, endSeq: 2 ** 41, count: 77 },
  ...{ dataBytes: 2 ** 33, recordBytes: 2 ** 32 }
}

test('what was written is read', () => {
  expect(decodeHeader(encodeHeader(HEADER), 'index')).toEqual({ kind: 'ok', header: HEADER })
})

test('a file of another kind is damaged', () => {
  expect(decodeHeader(encodeHeader(HEADER), 'segment')).toEqual({ kind: 'damaged' })
})

test('each flipped bit is found, also in the version, which is then no other version', () => {
  const octets = encodeHeader(HEADER)
  for (let bit = 0; bit < HEADER_BYTES * 8; bit++) {
    const damaged = Buffer.from(octets)
    damaged[bit >> 3]! ^= 1 << (bit & 7)
    expect(decodeHeader(damaged, 'index'), `bit ${bit}`).toEqual({ kind: 'damaged' })
  }
})

test.each([
  [{ kind: 'segment', number: 1, generation: 1, part: 0 }, '0000000001-0001.log'],
  [{ kind: 'index', number: 4_000_000_000, generation: 12, part: 0 }, '4000000000-0012.index'],
  [{ kind: 'outcomes', number: 7, generation: 12_345, part: 2 }, '0000000007-12345-0002.outcomes']
] as const)('%j is named %s', (named, name) => {
  expect(nameOf(named)).toBe(name)
  expect(readName(name)).toEqual(named)
  expect(isTemporary(`${name}.tmp`)).toBe(true)
})

test.each([
  '1-1.log',
  '0000000001-0001-0001.log',
  '0000000001-0001.outcomes',
  '0000000001-0001.log.tmp',
  'x0000000001-0001.log',
  'store.json'
])('%s is the name of none of them', (name) => {
  expect(readName(name)).toBeNull()
})
