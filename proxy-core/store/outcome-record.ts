/**
 * One word about an entry on disk, little-endian: an attempt, or how it ended. It says enough to
 * answer for the entry when its segment is gone.
 */
import { crc32 } from 'node:zlib'
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

export function encodeOutcome(outcome: OutcomeRecord): Buffer {
  const reason = Buffer.from(outcome.reason).subarray(0, MAX_REASON_BYTES)
  const octets = Buffer.alloc(OUTCOME_BYTES + reason.length)
  octets.writeUInt16LE(MAGIC, AT.magic)
  octets.writeUInt16LE(octets.length, AT.bytes)
  octets.writeUInt8(outcome.state, AT.state)
  octets.writeUInt16LE(outcome.status & 0xffff, AT.status)
  octets.writeUInt32LE(Math.min(outcome.attempts, 0xffff_ffff), AT.attempts)
  octets.writeDoubleLE(outcome.seq, AT.seq)
  outcome.tag.copy(octets, AT.tag, 0, 8)
  octets.writeDoubleLE(outcome.atMs, AT.at)
  octets.writeDoubleLE(outcome.receivedAtMs, AT.receivedAt)
  octets.writeDoubleLE(outcome.expiresAtMs, AT.expiresAt)
  octets.writeUInt32LE(outcome.recordBytes, AT.recordBytes)
  octets.writeUInt32LE(outcome.bodyBytes, AT.bodyBytes)
  octets.writeDoubleLE(outcome.replayedAs ?? 0, AT.replayedAs)
  reason.copy(octets, OUTCOME_BYTES)
  octets.writeUInt32LE(crc32(octets.subarray(AT.magic)), AT.crc)
  return octets
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
      tag: Buffer.from(record.subarray(AT.tag, AT.tag + 8)),
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
