/**
 * Opens one segment that an earlier process wrote: by its index where that one is whole, else by
 * reading it from end to end. Nothing is ever added to it again.
 */
import { readFully, type DiskFile } from './disk.ts'
import type { NamedFile } from './directory-listing.ts'
import { EntryStates } from './entry-states.ts'
import { decodeHeader, HEADER_BYTES, type FileHeader } from './file-header.ts'
import { nameOf } from './file-names.ts'
import { indexFileBytesOf } from './index-entry.ts'
import { indexEntryOf } from './index-reader.ts'
import { OutcomeJournal } from './outcome-journal.ts'
import { keptAs, type Quarantine } from './quarantine.ts'
import { FileIndex, IndexDamage, MemoryIndex, type SegmentIndex } from './segment-index.ts'
import { scanSegment, type DamagedSpan } from './segment-scan.ts'
import { Segment } from './segment.ts'
import { pathOf, type StoreContext } from './store-context.ts'

export interface FoundSegment {
  readonly file: NamedFile
  /** Its header is whole and says that it is something else: a copy, or renamed. */
  readonly isStranger: boolean
  /** null: damaged. */
  readonly header: FileHeader | null
  /** null: there is none that fits, or it is damaged. */
  readonly index: FileHeader | null
  readonly fileBytes: number
}

/** Octets of the records, for the share of them that is live. */
export interface LoadedSegment {
  readonly segment: Segment
  readonly recordBytes: number
  /** Behind the last good record; 0: nothing was cut off. */
  readonly tornBytes: number
}

/** Which seqs a segment can have: behind those of the one before, before those of the next. */
export interface SeqRange {
  readonly from: number
  readonly to: number
}

export async function loadSegment(
  context: StoreContext,
  quarantine: Quarantine,
  found: FoundSegment,
  range: SeqRange
): Promise<LoadedSegment | null> {
  const { index } = found
  if (index !== null && index.dataBytes <= found.fileBytes && index.endSeq <= range.to) {
    const loaded = await fromIndex(context, found, index)
    if (loaded !== null) return loaded
  }
  return fromScan(context, quarantine, found, range)
}

/** null: a block of it is damaged. */
async function fromIndex(
  context: StoreContext,
  found: FoundSegment,
  header: FileHeader
): Promise<LoadedSegment | null> {
  const index = new FileIndex(context, header)
  const { firstSeq, endSeq, count } = header
  let offsets: Uint32Array | null = null
  if (endSeq - firstSeq !== count) {
    offsets = await offsetsOf(index, firstSeq)
    if (offsets === null) return null
  }
  const segment = segmentOf(context, found, header, index, {
    ...{ growing: null, offsets, endSeq, dataBytes: header.dataBytes }
  })
  segment.indexBytes = indexFileBytesOf(count)
  context.usage.add(segment.indexBytes)
  return { segment, recordBytes: header.recordBytes, tornBytes: 0 }
}

/** Only of segments with holes, which a compaction has made small. */
async function offsetsOf(index: SegmentIndex, firstSeq: number): Promise<Uint32Array | null> {
  const offsets = new Uint32Array(index.count)
  try {
    for (let ordinal = 0; ordinal < index.count; ordinal++) {
      offsets[ordinal] = (await index.entryAt(ordinal)).seq - firstSeq
    }
    return offsets
  } catch (error) {
    if (error instanceof IndexDamage) return null
    throw error
  }
}

interface Scanned {
  readonly index: MemoryIndex
  readonly seqs: readonly number[]
  readonly firstSeq: number
  readonly damaged: readonly DamagedSpan[]
  readonly recordBytes: number
  readonly goodBytes: number
}

async function fromScan(
  context: StoreContext,
  quarantine: Quarantine,
  found: FoundSegment,
  range: SeqRange
): Promise<LoadedSegment | null> {
  const { name } = found.file
  const file = await context.disk.open(pathOf(context, name), 'write')
  try {
    const scanned = await scan(file, found, range, context.recordSeed)
    if (scanned === null && found.header === null && found.fileBytes > HEADER_BYTES) {
      const message = `${name} has neither a readable header nor a readable record: left alone.`
      context.report('foreign_file', name, message)
      return null
    }
    const goodBytes = scanned?.goodBytes ?? HEADER_BYTES
    const tornBytes = Math.max(0, found.fileBytes - goodBytes)
    if (tornBytes > 0) await cutTail(context, quarantine, file, { name, goodBytes, tornBytes })
    // A crash came before its first entry was whole.
    if (scanned === null) {
      await context.disk.unlink(pathOf(context, name))
      return null
    }
    for (const span of scanned.damaged) {
      const what = 'A record was damaged and is set aside'
      await quarantine.keep(file, { segment: name, offset: span.offset, bytes: span.bytes }, what)
    }
    await file.dataSync()
    return scannedSegment(context, found, scanned, tornBytes)
  } finally {
    await file.close().catch(() => undefined)
  }
}

/** null: there is no entry in it. */
async function scan(
  file: DiskFile,
  found: FoundSegment,
  range: SeqRange,
  seed: number
): Promise<Scanned | null> {
  const seqs: number[] = []
  const damaged: DamagedSpan[] = []
  let index: MemoryIndex | null = null
  let firstSeq = found.header?.firstSeq ?? found.index?.firstSeq ?? 0
  let recordBytes = 0
  let goodBytes = HEADER_BYTES
  await scanSegment(
    file,
    { from: HEADER_BYTES, to: found.fileBytes, seed },
    {
      onRecord(fixed, offset) {
        // What is not ascending, or belongs to another segment, was never acknowledged here.
        if (fixed.seq < range.from || fixed.seq >= range.to) return
        if (fixed.seq <= (seqs.at(-1) ?? 0)) return
        firstSeq ||= fixed.seq
        index ??= new MemoryIndex(firstSeq)
        index.add(indexEntryOf(fixed, offset))
        seqs.push(fixed.seq)
        recordBytes += fixed.bytes
        goodBytes = offset + fixed.bytes
      },
      onDamage: (span) => void damaged.push(span)
    }
  )
  if (index === null) return null
  return { index, seqs, firstSeq, damaged, recordBytes, goodBytes }
}

function scannedSegment(
  context: StoreContext,
  found: FoundSegment,
  scanned: Scanned,
  tornBytes: number
): LoadedSegment {
  const { seqs, firstSeq, index, recordBytes, goodBytes } = scanned
  const endSeq = Math.max(seqs.at(-1)! + 1, found.index?.endSeq ?? 0)
  const isDense = seqs[0] === firstSeq && seqs.at(-1)! - firstSeq === seqs.length - 1
  const offsets = isDense ? null : Uint32Array.from(seqs, (seq) => seq - firstSeq)
  const { number, generation } = found.file
  const header: FileHeader = found.header ?? {
    ...{ kind: 'segment', storeId: context.storeId, number, generation, part: 0, firstSeq },
    ...{ lastNumber: found.index?.lastNumber ?? number },
    ...{ endSeq: 0, count: 0, dataBytes: 0, recordBytes: 0 }
  }
  const cut = { ...found, fileBytes: found.fileBytes - tornBytes }
  const segment = segmentOf(context, cut, { ...header, firstSeq }, index, {
    ...{ growing: index, offsets, endSeq, dataBytes: goodBytes }
  })
  return { segment, recordBytes, tornBytes }
}

function segmentOf(
  context: StoreContext,
  found: FoundSegment,
  header: FileHeader,
  index: SegmentIndex,
  rest: {
    readonly growing: MemoryIndex | null
    readonly offsets: Uint32Array | null
    readonly endSeq: number
    readonly dataBytes: number
  }
): Segment {
  const own: FileHeader = {
    ...{ ...header, kind: 'segment', part: 0 },
    ...{ endSeq: 0, count: 0, dataBytes: 0, recordBytes: 0 }
  }
  const states = new EntryStates(header.firstSeq, index.count, rest.offsets)
  context.usage.add(found.fileBytes)
  return new Segment({
    ...{ context, header: own, states, index, isOpen: false },
    ...{ growing: rest.growing, endSeq: rest.endSeq },
    ...{ dataBytes: rest.dataBytes, fileBytes: found.fileBytes },
    journal: OutcomeJournal.empty(context, own)
  })
}

async function cutTail(
  context: StoreContext,
  quarantine: Quarantine,
  file: DiskFile,
  { name, goodBytes, tornBytes }: { name: string; goodBytes: number; tornBytes: number }
): Promise<void> {
  // A bit that flipped in the last record looks the same, so that a copy is kept.
  const copy = await quarantine.copy(file, { segment: name, offset: goodBytes, bytes: tornBytes })
  await file.truncate(goodBytes)
  const message =
    `The last ${tornBytes} octets of segment ${name} are no whole record, as a crash leaves ` +
    `them: they were cut off, ${keptAs(copy)}. None of them was acknowledged, unless the disk ` +
    'has lost octets.'
  context.report('torn_tail', name, message)
}

/** Looks at the headers of a segment and of its index. Rejects with what the system says. */
export async function inspectSegment(
  context: StoreContext,
  file: NamedFile,
  hasIndex: boolean
): Promise<FoundSegment & { readonly version: number | null }> {
  const read = await headerOf(context, file.name, 'segment')
  const indexName = nameOf({ ...file, kind: 'index' })
  const index = hasIndex ? await headerOf(context, indexName, 'index') : null
  const indexHeader = index?.header ?? null
  const isFitting =
    indexHeader !== null &&
    indexHeader.number === file.number &&
    indexHeader.generation === file.generation &&
    index!.fileBytes === indexFileBytesOf(indexHeader.count)
  const { header } = read
  const isStranger = header !== null && !isNamed(header, file)
  return {
    ...{ file, header, isStranger, fileBytes: read.fileBytes, version: read.version },
    index: isFitting ? indexHeader : null
  }
}

function isNamed(header: FileHeader, { number, generation }: NamedFile): boolean {
  return header.number === number && header.generation === generation
}

async function headerOf(
  context: StoreContext,
  name: string,
  kind: 'segment' | 'index'
): Promise<{ header: FileHeader | null; version: number | null; fileBytes: number }> {
  const file = await context.disk.open(pathOf(context, name), 'read')
  try {
    const octets = Buffer.alloc(HEADER_BYTES)
    const fileBytes = await file.size()
    const isLong = await readFully(file, octets, 0)
    const read = isLong ? decodeHeader(octets, kind) : { kind: 'damaged' as const }
    return {
      header: read.kind === 'ok' ? read.header : null,
      version: read.kind === 'other_format' ? read.version : null,
      fileBytes
    }
  } finally {
    await file.close()
  }
}
