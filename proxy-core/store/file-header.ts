/**
 * The first 96 octets of every file of a store, little-endian: what it is, whose, which format,
 * and which entries it is about. With a checksum of its own.
 */
import { crc32 } from 'node:zlib'

export const HEADER_BYTES = 96
export const FORMAT_VERSION = 1
export const STORE_ID_BYTES = 16

export type FileKind = 'segment' | 'index' | 'outcomes'

const MAGIC: Readonly<Record<FileKind, string>> = {
  segment: 'SWYDSEG\n',
  index: 'SWYDIDX\n',
  outcomes: 'SWYDOUT\n'
}

export interface FileHeader {
  readonly kind: FileKind
  /** Hexadecimal. */
  readonly storeId: string
  /** Segments are numbered from 1 in the order of their entries; no number is used twice. */
  readonly number: number
  /** The last number whose entries this file has: greater than `number` after a merge. */
  readonly lastNumber: number
  /** 1, and one more with every compaction. */
  readonly generation: number
  /** Of outcomes: 1, and one more whenever the file is written anew; else 0. */
  readonly part: number
  /** The first seq that this file may have. */
  readonly firstSeq: number
  /** Of an index: the first seq that this file cannot have any more; else 0. */
  readonly endSeq: number
  /** Of an index: entries; else 0. */
  readonly count: number
  /** Of an index: how far the segment's records are good; else 0. */
  readonly dataBytes: number
  /** Of an index: octets of all its records together; else 0. */
  readonly recordBytes: number
}

export type HeaderReading =
  | { readonly kind: 'ok'; readonly header: FileHeader }
  | { readonly kind: 'other_format'; readonly version: number }
  | { readonly kind: 'damaged' }

export function encodeHeader(header: FileHeader): Buffer {
  const octets = Buffer.alloc(HEADER_BYTES)
  octets.write(MAGIC[header.kind], 0, 'latin1')
  octets.writeUInt32LE(FORMAT_VERSION, 8)
  octets.write(header.storeId, 16, STORE_ID_BYTES, 'hex')
  octets.writeUInt32LE(header.number, 32)
  octets.writeUInt32LE(header.lastNumber, 36)
  octets.writeUInt32LE(header.generation, 40)
  octets.writeUInt32LE(header.part, 44)
  octets.writeDoubleLE(header.firstSeq, 48)
  octets.writeDoubleLE(header.endSeq, 56)
  octets.writeUInt32LE(header.count, 64)
  octets.writeDoubleLE(header.dataBytes, 72)
  octets.writeDoubleLE(header.recordBytes, 80)
  octets.writeUInt32LE(checksumOf(octets), 12)
  return octets
}

/** An unknown version is told before anything else: its checksum may be elsewhere. */
export function decodeHeader(octets: Buffer, kind: FileKind): HeaderReading {
  if (octets.length < HEADER_BYTES || octets.toString('latin1', 0, 8) !== MAGIC[kind]) {
    return { kind: 'damaged' }
  }
  const version = octets.readUInt32LE(8)
  const isWhole = checksumOf(octets) === octets.readUInt32LE(12)
  // One flipped bit makes no version: then the checksum with the right version holds.
  if (version !== FORMAT_VERSION) {
    return isFlipped(octets) ? { kind: 'damaged' } : { kind: 'other_format', version }
  }
  if (!isWhole) return { kind: 'damaged' }
  const header: FileHeader = {
    kind,
    storeId: octets.toString('hex', 16, 16 + STORE_ID_BYTES),
    number: octets.readUInt32LE(32),
    lastNumber: octets.readUInt32LE(36),
    generation: octets.readUInt32LE(40),
    part: octets.readUInt32LE(44),
    firstSeq: octets.readDoubleLE(48),
    endSeq: octets.readDoubleLE(56),
    count: octets.readUInt32LE(64),
    dataBytes: octets.readDoubleLE(72),
    recordBytes: octets.readDoubleLE(80)
  }
  return { kind: 'ok', header }
}

function isFlipped(octets: Buffer): boolean {
  const asOurs = Buffer.from(octets.subarray(0, HEADER_BYTES))
  asOurs.writeUInt32LE(FORMAT_VERSION, 8)
  return checksumOf(asOurs) === octets.readUInt32LE(12)
}

/** Of everything but the checksum itself. */
function checksumOf(octets: Buffer): number {
  return crc32(octets.subarray(16, HEADER_BYTES), crc32(octets.subarray(0, 12)))
}
