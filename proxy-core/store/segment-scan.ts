/**
 * Reads a segment from one end to the other, for a segment that has no index (yet). Damage costs
 * the record that it is in: the next one is found by its length where the fixed part can be
 * trusted, else by looking for the next fixed part whose checksum holds.
 */
import { crc32 } from 'node:zlib'
import type { DiskFile } from './disk.ts'
import { decodeFixed, FIXED_BYTES, RECORD_MAGIC, type RecordFixed } from './entry-record.ts'

/** Octets in memory at once. */
const WINDOW_BYTES = 256 * 1024

export interface DamagedSpan {
  readonly offset: number
  readonly bytes: number
  /** null: not even the fixed part can be read. */
  readonly fixed: RecordFixed | null
}

export interface ScanVisitor {
  onRecord(fixed: RecordFixed, offset: number): void
  /** In between good records; its octets are in the file still. */
  onDamage(span: DamagedSpan): void
}

export interface ScanRange {
  readonly from: number
  readonly to: number
  /** recordSeedOf() the store. */
  readonly seed: number
}

export interface ScanEnd {
  /** Behind the last good record. */
  readonly goodBytes: number
  /** What follows it and is no record: as a crash leaves it. */
  readonly tornBytes: number
}

export async function scanSegment(
  file: DiskFile,
  range: ScanRange,
  visitor: ScanVisitor
): Promise<ScanEnd> {
  const reader = new WindowReader(file, range.to)
  const damaged: DamagedSpan[] = []
  let at = range.from
  let goodBytes = range.from
  while (at < range.to) {
    const fixed = decodeFixed(await reader.read(at, FIXED_BYTES), range.seed)
    const end = fixed === null ? Infinity : at + fixed.bytes
    if (fixed !== null && end <= range.to && (await isWhole(reader, at, fixed))) {
      // Only now is it sure that the damage is not the torn end.
      for (const span of damaged.splice(0)) visitor.onDamage(span)
      visitor.onRecord(fixed, at)
      at = goodBytes = end
      continue
    }
    const next = end <= range.to ? end : await nextRecord(reader, at + 1, range)
    damaged.push({ offset: at, bytes: next - at, fixed })
    at = next
  }
  return { goodBytes, tornBytes: range.to - goodBytes }
}

/** Where the next fixed part with a good checksum begins, or `to`. */
async function nextRecord(
  reader: WindowReader,
  from: number,
  { to, seed }: ScanRange
): Promise<number> {
  const magic = Buffer.alloc(4)
  magic.writeUInt32LE(RECORD_MAGIC)
  let at = from
  while (at + FIXED_BYTES <= to) {
    const window = await reader.read(at, Math.min(WINDOW_BYTES, to - at))
    const found = window.indexOf(magic)
    // A magic may begin in this window and end in the next.
    if (found < 0) at += Math.max(1, window.length - 3)
    else if (decodeFixed(await reader.read(at + found, FIXED_BYTES), seed) === null) at += found + 1
    else return at + found
  }
  return to
}

async function isWhole(reader: WindowReader, offset: number, fixed: RecordFixed): Promise<boolean> {
  const textAt = offset + FIXED_BYTES
  const bodyAt = textAt + fixed.textBytes
  return (
    (await checksumOf(reader, textAt, fixed.textBytes)) === fixed.textCrc &&
    (await checksumOf(reader, bodyAt, fixed.bodyBytes)) === fixed.bodyCrc
  )
}

async function checksumOf(reader: WindowReader, offset: number, bytes: number): Promise<number> {
  let sum = 0
  for (let done = 0; done < bytes;) {
    const part = await reader.read(offset + done, Math.min(WINDOW_BYTES, bytes - done))
    if (part.length === 0) return -1
    sum = crc32(part, sum)
    done += part.length
  }
  return sum
}

/** Reads ahead, so that small records cost no read each. */
class WindowReader {
  readonly #file: DiskFile
  readonly #to: number
  readonly #window = Buffer.allocUnsafe(WINDOW_BYTES)
  #start = 0
  #length = 0

  constructor(file: DiskFile, to: number) {
    this.#file = file
    this.#to = to
  }

  /** At most WINDOW_BYTES; fewer at the end. Good until the next call. */
  async read(offset: number, bytes: number): Promise<Buffer> {
    const wanted = Math.min(bytes, this.#to - offset)
    if (offset < this.#start || offset + wanted > this.#start + this.#length) {
      await this.#fill(offset)
    }
    const from = offset - this.#start
    return this.#window.subarray(from, Math.min(from + wanted, this.#length))
  }

  async #fill(offset: number): Promise<void> {
    this.#start = offset
    this.#length = 0
    const most = Math.min(WINDOW_BYTES, this.#to - offset)
    while (this.#length < most) {
      const into = this.#window.subarray(this.#length, most)
      const count = await this.#file.readAt(into, offset + this.#length)
      if (count === 0) return
      this.#length += count
    }
  }
}
