/**
 * One entry on disk, little-endian: a fixed part, the texts, the body. Three checksums: of the
 * fixed part, which has the other two in it, of the texts, and of the body. So the length of a
 * record can be trusted when its body cannot, and a list reads the texts without the body.
 *
 * CRC-32 (IEEE 802.3) because zlib has it natively at several GB/s; it finds what CRC-32C finds
 * at these lengths: every burst up to 32 bits, and all but one in 2^32 of the rest.
 */
import { crc32 } from 'node:zlib'
import { TAG_BYTES } from './entry-ids.ts'
import type { NewEntry } from './request-store.ts'

export const RECORD_MAGIC = 0x52_45_59_53
export const FIXED_BYTES = 96
/** Up to here a body is copied beside its texts: fewer pieces for one write. */
const COPIED_BODY_BYTES = 16 * 1024

const AT = {
  magic: 0,
  fixedCrc: 4,
  bytes: 8,
  textCrc: 12,
  bodyCrc: 16,
  seq: 24,
  tag: 32,
  receivedAt: 40,
  expiresAt: 48,
  keyHash: 56,
  routeHash: 64,
  routeBytes: 68,
  keyBytes: 72,
  methodBytes: 76,
  targetBytes: 80,
  idempotencyBytes: 84,
  headBytes: 88,
  bodyBytes: 92
} as const

export interface RecordFixed {
  readonly bytes: number
  readonly seq: number
  readonly tag: Buffer
  readonly receivedAtMs: number
  readonly expiresAtMs: number
  readonly keyHash: number
  readonly routeHash: number
  /** Of all texts together. */
  readonly textBytes: number
  readonly bodyBytes: number
  readonly textCrc: number
  readonly bodyCrc: number
}

export interface RecordTexts {
  readonly route: string
  readonly key: string
  readonly method: string
  readonly target: string
  readonly idempotencyKey: string
  readonly head: string
}

/** The length of an entry's record without making it. */
export function recordBytesOf(entry: NewEntry): number {
  return (
    FIXED_BYTES +
    Buffer.byteLength(entry.route) +
    Buffer.byteLength(entry.key) +
    Buffer.byteLength(entry.method) +
    Buffer.byteLength(entry.target) +
    Buffer.byteLength(entry.idempotencyKey) +
    entry.head.length +
    entry.body.length
  )
}

export interface RecordNumbers {
  readonly seq: number
  /** The random bits of the id. */
  readonly tag: Buffer
  readonly keyHash: number
  readonly routeHash: number
  /** Of the whole record: recordBytesOf(). */
  readonly bytes: number
}

/**
 * Where the checksum of a store's records begins. Who does not know the id of the store cannot
 * make octets which are taken for a record when they are found in a damaged segment, such as a
 * body that has a whole record in it.
 */
export function recordSeedOf(storeId: string): number {
  return crc32(Buffer.from(storeId, 'hex'))
}

/** Whether the body stands in the same piece as its texts; else it follows as it is. */
export function isBodyCopied({ body }: NewEntry): boolean {
  return body.length <= COPIED_BODY_BYTES
}

/** Writes the record from `at` on, without a body that is not copied. `bytes`: of the whole. */
export function encodeRecord(
  target: Buffer,
  at: number,
  entry: NewEntry,
  numbers: RecordNumbers,
  seed: number
): void {
  const { body } = entry
  const textEnd = at + numbers.bytes - body.length
  const fixedEnd = at + FIXED_BYTES
  target.fill(0, at, fixedEnd)
  target.writeUInt32LE(RECORD_MAGIC, at + AT.magic)
  target.writeUInt32LE(numbers.bytes, at + AT.bytes)
  target.writeDoubleLE(numbers.seq, at + AT.seq)
  numbers.tag.copy(target, at + AT.tag)
  target.writeDoubleLE(entry.receivedAtMs, at + AT.receivedAt)
  target.writeDoubleLE(entry.expiresAtMs, at + AT.expiresAt)
  target.writeUIntLE(numbers.keyHash, at + AT.keyHash, 6)
  target.writeUInt32LE(numbers.routeHash, at + AT.routeHash)
  writeTexts(target, at, entry)
  target.writeUInt32LE(body.length, at + AT.bodyBytes)
  if (isBodyCopied(entry)) body.copy(target, textEnd)
  target.writeUInt32LE(crc32(target.subarray(fixedEnd, textEnd)), at + AT.textCrc)
  target.writeUInt32LE(crc32(body), at + AT.bodyCrc)
  target.writeUInt32LE(crc32(target.subarray(at + AT.bytes, fixedEnd), seed), at + AT.fixedCrc)
}

/** null: no record begins here, or its fixed part is damaged. */
export function decodeFixed(octets: Buffer, seed: number): RecordFixed | null {
  if (octets.length < FIXED_BYTES || octets.readUInt32LE(AT.magic) !== RECORD_MAGIC) return null
  const sum = crc32(octets.subarray(AT.bytes, FIXED_BYTES), seed)
  if (sum !== octets.readUInt32LE(AT.fixedCrc)) return null
  const bytes = octets.readUInt32LE(AT.bytes)
  const bodyBytes = octets.readUInt32LE(AT.bodyBytes)
  const textBytes = textLengths(octets).reduce((sum, length) => sum + length, 0)
  if (FIXED_BYTES + textBytes + bodyBytes !== bytes) return null
  return {
    bytes,
    seq: octets.readDoubleLE(AT.seq),
    tag: Buffer.from(octets.subarray(AT.tag, AT.tag + TAG_BYTES)),
    receivedAtMs: octets.readDoubleLE(AT.receivedAt),
    expiresAtMs: octets.readDoubleLE(AT.expiresAt),
    keyHash: octets.readUIntLE(AT.keyHash, 6),
    routeHash: octets.readUInt32LE(AT.routeHash),
    textBytes,
    bodyBytes,
    textCrc: octets.readUInt32LE(AT.textCrc),
    bodyCrc: octets.readUInt32LE(AT.bodyCrc)
  }
}

/** null: damaged. `octets`: the record at least up to the end of its texts. */
export function decodeTexts(octets: Buffer, fixed: RecordFixed): RecordTexts | null {
  const end = FIXED_BYTES + fixed.textBytes
  if (octets.length < end) return null
  if (crc32(octets.subarray(FIXED_BYTES, end)) !== fixed.textCrc) return null
  let at = FIXED_BYTES
  const [route, key, method, target, idempotencyKey, head] = textLengths(octets).map(
    (length, index) => {
      at += length
      return octets.toString(index === 5 ? 'latin1' : 'utf8', at - length, at)
    }
  ) as [string, string, string, string, string, string]
  return { route, key, method, target, idempotencyKey, head }
}

/** null: damaged. `octets`: the whole record. */
export function decodeBody(octets: Buffer, fixed: RecordFixed): Buffer | null {
  const body = octets.subarray(FIXED_BYTES + fixed.textBytes, fixed.bytes)
  return body.length === fixed.bodyBytes && crc32(body) === fixed.bodyCrc ? body : null
}

function writeTexts(target: Buffer, record: number, entry: NewEntry): void {
  let at = record + FIXED_BYTES
  const put = (text: string, lengthAt: number, encoding: 'utf8' | 'latin1'): void => {
    const length = target.write(text, at, encoding)
    target.writeUInt32LE(length, record + lengthAt)
    at += length
  }
  put(entry.route, AT.routeBytes, 'utf8')
  put(entry.key, AT.keyBytes, 'utf8')
  put(entry.method, AT.methodBytes, 'utf8')
  put(entry.target, AT.targetBytes, 'utf8')
  put(entry.idempotencyKey, AT.idempotencyBytes, 'utf8')
  put(entry.head, AT.headBytes, 'latin1')
}

function textLengths(octets: Buffer): readonly number[] {
  const places = [
    AT.routeBytes,
    AT.keyBytes,
    AT.methodBytes,
    AT.targetBytes,
    AT.idempotencyBytes,
    AT.headBytes
  ]
  return places.map((at) => octets.readUInt32LE(at))
}
