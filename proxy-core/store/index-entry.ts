/** What the index of a segment knows of one entry: enough to schedule, to find and to read it. */
import { crc32 } from 'node:zlib'
import { TAG_BYTES } from './entry-ids.ts'
import { HEADER_BYTES } from './file-header.ts'

export const INDEX_ENTRY_BYTES = 48
/** Entries that are read and checked together. */
export const BLOCK_ENTRIES = 256
export const BLOCK_BYTES = BLOCK_ENTRIES * INDEX_ENTRY_BYTES
const CRC_BYTES = 4
const MAX_MS = 2 ** 48 - 1

export interface IndexEntry {
  readonly seq: number
  readonly tag: Buffer
  /** Of the record in the segment. */
  readonly offset: number
  readonly bytes: number
  readonly routeHash: number
  readonly keyHash: number
  readonly bodyBytes: number
  /** Whole milliseconds. */
  readonly receivedAtMs: number
  readonly expiresAtMs: number
}

export function encodeIndexEntry(
  block: Buffer,
  place: number,
  entry: IndexEntry,
  firstSeq: number
): void {
  const at = place * INDEX_ENTRY_BYTES
  block.writeUInt32LE(entry.seq - firstSeq, at)
  block.writeUInt32LE(entry.offset, at + 4)
  block.writeUInt32LE(entry.bytes, at + 8)
  block.writeUInt32LE(entry.routeHash, at + 12)
  entry.tag.copy(block, at + 16, 0, TAG_BYTES)
  block.writeUIntLE(entry.keyHash, at + 24, 6)
  block.writeUIntLE(wholeMs(entry.receivedAtMs), at + 30, 6)
  block.writeUInt32LE(entry.bodyBytes, at + 36)
  block.writeDoubleLE(entry.expiresAtMs, at + 40)
}

/** What fits into 48 bits: until the year 10889. */
function wholeMs(atMs: number): number {
  return Math.min(MAX_MS, Math.max(0, Math.floor(atMs) || 0))
}

export function decodeIndexEntry(block: Buffer, place: number, firstSeq: number): IndexEntry {
  const at = place * INDEX_ENTRY_BYTES
  return {
    seq: firstSeq + block.readUInt32LE(at),
    offset: block.readUInt32LE(at + 4),
    bytes: block.readUInt32LE(at + 8),
    routeHash: block.readUInt32LE(at + 12),
    tag: block.subarray(at + 16, at + 16 + TAG_BYTES),
    keyHash: block.readUIntLE(at + 24, 6),
    receivedAtMs: block.readUIntLE(at + 30, 6),
    bodyBytes: block.readUInt32LE(at + 36),
    expiresAtMs: block.readDoubleLE(at + 40)
  }
}

/** What stands behind a block. */
export function checksumOf(block: Buffer): Buffer {
  const crc = Buffer.alloc(CRC_BYTES)
  crc.writeUInt32LE(crc32(block))
  return crc
}

/** null: damaged. */
export function openBlock(octets: Buffer): Buffer | null {
  const block = octets.subarray(0, octets.length - CRC_BYTES)
  return crc32(block) === octets.readUInt32LE(block.length) ? block : null
}

/** Octets of an index file with its header. */
export function indexFileBytesOf(count: number): number {
  return HEADER_BYTES + count * INDEX_ENTRY_BYTES + Math.ceil(count / BLOCK_ENTRIES) * CRC_BYTES
}

/** Where in the file a block stands, behind the header, and how long it is with its checksum. */
export function blockSpan(block: number, count: number): { offset: number; bytes: number } {
  const entries = Math.min(BLOCK_ENTRIES, count - block * BLOCK_ENTRIES)
  return {
    offset: block * (BLOCK_BYTES + CRC_BYTES),
    bytes: entries * INDEX_ENTRY_BYTES + CRC_BYTES
  }
}
