/**
 * One word about an entry on disk, little-endian: an attempt, or how it ended. It says enough to
 * answer for the entry when its segment is gone.
 */
import { crc32 } from 'node:zlib'
import { TAG_BYTES } from './entry-ids.ts'
import { STATE, type StateCode } from './entry-states.ts'

const MAGIC = 0x4f53
export const OUTCOME_BYTES = 80
/** A reason is half a sentence; more is cut. */
const MAX_REASON_BYTES = 400

const AT = {
  crc: 0,
  magic: 4,
  bytes: 6,
  state: 8,
  status: 10,
  attempts: 12,
  seq: 16,
  tag: 24,
  at: 32,
  receivedAt: 40,
  expiresAt: 48,
  recordBytes: 56,
  bodyBytes: 60,
  replayedAs: 64
} as const

export interface OutcomeRecord {
  readonly seq: number
  readonly tag: Buffer
  /** `pending`: an attempt that did not settle it. */
  readonly state: StateCode
  /** Wall clock. */
  readonly atMs: number
  readonly receivedAtMs: number
  readonly expiresAtMs: number
  /** Of the record in the segment. */
  readonly recordBytes: number
  readonly bodyBytes: number
  readonly attempts: number
  readonly status: number
  readonly reason: string
  readonly replayedAs: number | null
}

/** One after the other, in one piece; `offsets` are those of the records in it. */
export function encodeOutcomes(outcomes: readonly OutcomeRecord[]): {
  readonly octets: Buffer
  readonly offsets: readonly number[]
} {
  const most = outcomes.reduce((sum, outcome) => sum + mostBytesOf(outcome), 0)
  const octets = Buffer.alloc(most)
  let end = 0
  const offsets = outcomes.map((outcome) => {
    const offset = end
    end += writeOutcome(octets, offset, outcome)
    return offset
  })
  return { octets: octets.subarray(0, end), offsets }
}

function mostBytesOf({ reason }: OutcomeRecord): number {
  return OUTCOME_BYTES + Math.min(MAX_REASON_BYTES, Buffer.byteLength(reason))
}

function writeOutcome(octets: Buffer, at: number, outcome: OutcomeRecord): number {
  const reasonAt = at + OUTCOME_BYTES
  const most = Math.min(MAX_REASON_BYTES, octets.length - reasonAt)
  const reasonBytes = octets.write(outcome.reason, reasonAt, most)
  const bytes = OUTCOME_BYTES + reasonBytes
  octets.writeUInt16LE(MAGIC, at + AT.magic)
  octets.writeUInt16LE(bytes, at + AT.bytes)
  octets.writeUInt8(outcome.state, at + AT.state)
  octets.writeUInt16LE(outcome.status & 0xffff, at + AT.status)
  octets.writeUInt32LE(Math.min(outcome.attempts, 0xffff_ffff), at + AT.attempts)
  octets.writeDoubleLE(outcome.seq, at + AT.seq)
  outcome.tag.copy(octets, at + AT.tag, 0, TAG_BYTES)
  octets.writeDoubleLE(outcome.atMs, at + AT.at)
  octets.writeDoubleLE(outcome.receivedAtMs, at + AT.receivedAt)
  octets.writeDoubleLE(outcome.expiresAtMs, at + AT.expiresAt)
  octets.writeUInt32LE(outcome.recordBytes, at + AT.recordBytes)
  octets.writeUInt32LE(outcome.bodyBytes, at + AT.bodyBytes)
  octets.writeDoubleLE(outcome.replayedAs ?? 0, at + AT.replayedAs)
  octets.writeUInt32LE(crc32(octets.subarray(at + AT.magic, at + bytes)), at + AT.crc)
  return bytes
}

/** null: none begins at `offset`, or it is damaged. `bytes`: of the record read. */
export function decodeOutcome(
  octets: Buffer,
  offset: number
): { readonly outcome: OutcomeRecord; readonly bytes: number } | null {
  if (offset + OUTCOME_BYTES > octets.length) return null
  if (octets.readUInt16LE(offset + AT.magic) !== MAGIC) return null
  const bytes = octets.readUInt16LE(offset + AT.bytes)
  const record = octets.subarray(offset, offset + bytes)
  if (bytes < OUTCOME_BYTES || record.length < bytes) return null
  if (crc32(record.subarray(AT.magic)) !== record.readUInt32LE(AT.crc)) return null
  const state = record.readUInt8(AT.state)
  if (state > STATE.quarantined) return null
  const replayedAs = record.readDoubleLE(AT.replayedAs)
  return {
    bytes,
    outcome: {
      seq: record.readDoubleLE(AT.seq),
      tag: Buffer.from(record.subarray(AT.tag, AT.tag + TAG_BYTES)),
      state: state as StateCode,
      atMs: record.readDoubleLE(AT.at),
      receivedAtMs: record.readDoubleLE(AT.receivedAt),
      expiresAtMs: record.readDoubleLE(AT.expiresAt),
      recordBytes: record.readUInt32LE(AT.recordBytes),
      bodyBytes: record.readUInt32LE(AT.bodyBytes),
      attempts: record.readUInt32LE(AT.attempts),
      status: record.readUInt16LE(AT.status),
      reason: record.toString('utf8', OUTCOME_BYTES),
      replayedAs: replayedAs === 0 ? null : replayedAs
    }
  }
}

/**
 * Every whole record in its order with its offset. What is between records is damage, and what
 * is behind the last one is the torn end that a crash leaves.
 */
export function readOutcomes(
  octets: Buffer,
  from: number,
  onOutcome: (outcome: OutcomeRecord, offset: number) => void
): { readonly damagedBytes: number; readonly tornBytes: number } {
  let damagedBytes = 0
  let goodEnd = from
  for (let at = from; at < octets.length;) {
    const read = decodeOutcome(octets, at)
    if (read === null) {
      at += 1
      continue
    }
    damagedBytes += at - goodEnd
    onOutcome(read.outcome, at)
    at += read.bytes
    goodEnd = at
  }
  return { damagedBytes, tornBytes: octets.length - goodEnd }
}
