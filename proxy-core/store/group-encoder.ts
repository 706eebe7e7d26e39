/** A group of entries as the octets of one write. */
import type { WaitingAppend } from './append-queue.ts'
import { routeHashOf } from './entry-hash.ts'
import { encodeRecord, isBodyCopied } from './entry-record.ts'
import type { GroupBuffers } from './group-buffers.ts'
import type { IndexEntry } from './index-entry.ts'
import type { StoreContext } from './store-context.ts'

export interface EncodedGroup {
  /** What the pieces are in, to be given back when they are written. */
  readonly octets: Buffer
  /** In their order: few, because each costs more than to copy what is small. */
  readonly pieces: readonly Buffer[]
  /** One for each of the first entries that fit. */
  readonly entries: readonly IndexEntry[]
}

export interface GroupPlace {
  readonly firstSeq: number
  /** In the segment. */
  readonly offset: number
  /** How large the segment may become. */
  readonly limit: number
}

/** As many of `waiting` as fit between `offset` and `limit`, but at least the first one. */
export function encodeGroup(
  context: StoreContext,
  waiting: readonly WaitingAppend[],
  place: GroupPlace,
  buffers: GroupBuffers
): EncodedGroup {
  const count = fitting(waiting, place)
  const octets = buffers.take(copiedBytes(waiting, count))
  const pieces: Buffer[] = []
  const entries: IndexEntry[] = []
  let [offset, at, pieceAt] = [place.offset, 0, 0]
  for (let index = 0; index < count; index++) {
    const { entry, bytes } = waiting[index]!
    const placed = indexEntryFor(context, waiting[index]!, place.firstSeq + index, offset)
    encodeRecord(octets, at, entry, placed, context.recordSeed)
    entries.push(placed)
    offset += bytes
    if (isBodyCopied(entry)) at += bytes
    else {
      at += bytes - entry.body.length
      pieces.push(octets.subarray(pieceAt, at), entry.body)
      pieceAt = at
    }
  }
  if (pieceAt < at) pieces.push(octets.subarray(pieceAt, at))
  return { octets, pieces, entries }
}

function indexEntryFor(
  { keyHashes, ids }: StoreContext,
  { entry, bytes }: WaitingAppend,
  seq: number,
  offset: number
): IndexEntry {
  return {
    ...{ seq, tag: ids.drawTag(), offset, bytes, bodyBytes: entry.body.length },
    ...{ keyHash: keyHashes.of(entry.key), routeHash: routeHashOf(entry.route) },
    ...{ receivedAtMs: entry.receivedAtMs, expiresAtMs: entry.expiresAtMs }
  }
}

function fitting(waiting: readonly WaitingAppend[], { offset, limit }: GroupPlace): number {
  let end = offset
  for (let index = 0; index < waiting.length; index++) {
    end += waiting[index]!.bytes
    if (index > 0 && end > limit) return index
  }
  return waiting.length
}

function copiedBytes(waiting: readonly WaitingAppend[], count: number): number {
  let total = 0
  for (let index = 0; index < count; index++) {
    const { entry, bytes } = waiting[index]!
    total += isBodyCopied(entry) ? bytes : bytes - entry.body.length
  }
  return total
}
