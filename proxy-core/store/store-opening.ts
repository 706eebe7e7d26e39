/** From the files of a directory to a store in memory: what a start finds, and what it misses. */
import { randomBytes } from 'node:crypto'
import { SwitchyardError } from '../model/error-catalogue.ts'
import type { Numbering } from './appender.ts'
import { BlockCache } from './block-cache.ts'
import type { Disk, DirectoryLock } from './disk.ts'
import { listDirectory, type DirectoryListing } from './directory-listing.ts'
import { KeyHashes } from './entry-hash.ts'
import { EntryIds } from './entry-ids.ts'
import { FIXED_BYTES, recordSeedOf } from './entry-record.ts'
import { FORMAT_VERSION } from './file-header.ts'
import { ID_KEY_NAME, MANIFEST_NAME, nameOf } from './file-names.ts'
import { readIdKey } from './id-key.ts'
import { readManifest, writeManifest, type Manifest } from './manifest.ts'
import { OpenFiles } from './open-files.ts'
import { loadOutcomes } from './outcome-loader.ts'
import { Quarantine } from './quarantine.ts'
import { SegmentList } from './segment-list.ts'
import { inspectSegment, loadSegment, type FoundSegment } from './segment-loader.ts'
import { SettledStatuses } from './settled-statuses.ts'
import { DiskUsage, pathOf, reasonOf, type StoreContext } from './store-context.ts'
import type { StoreOptions } from './store-options.ts'

/** Names of files that are not ours which are told one by one. */
const MAX_FOREIGN_TOLD = 10

export interface OpenedStore {
  readonly context: StoreContext
  readonly lock: DirectoryLock
  readonly segments: SegmentList
  readonly statuses: SettledStatuses
  readonly quarantine: Quarantine
  readonly numbering: Numbering
}

/** Rejects with BUFFER_LOCKED, BUFFER_FORMAT or BUFFER_UNUSABLE; then nothing is held. */
export async function openDirectory(
  options: StoreOptions,
  disk: Disk,
  quarantineBytes: number
): Promise<OpenedStore> {
  let lock: DirectoryLock | null = null
  try {
    await disk.makeDirectory(options.directory)
    lock = await disk.lock(options.directory)
    return { lock, ...(await openLocked(options, disk, quarantineBytes)) }
  } catch (error) {
    await lock?.release().catch(() => undefined)
    if (error instanceof SwitchyardError) throw error
    const message = `The buffer ${options.directory} cannot be used: ${reasonOf(error)}.`
    const details = { directory: options.directory }
    throw new SwitchyardError('BUFFER_UNUSABLE', message, details, { cause: error })
  }
}

async function openLocked(
  options: StoreOptions,
  disk: Disk,
  quarantineBytes: number
): Promise<Omit<OpenedStore, 'lock'>> {
  const { directory } = options
  const listing = await listDirectory(disk, directory)
  const reading = await readManifest(disk, directory)
  if (reading.kind === 'other_format') throw otherFormat(MANIFEST_NAME, reading.version)
  const manifest = reading.kind === 'ok' ? reading.manifest : null
  const context = await contextOf(options, disk, manifest, listing)
  if (manifest === null && (reading.kind === 'damaged' || listing.segments.length > 0)) {
    const message = `${MANIFEST_NAME} was ${reading.kind}: it was made anew from the segments.`
    context.report('rebuilt', MANIFEST_NAME, message)
  }
  tellForeign(context, listing.foreign)
  for (const name of listing.temporaries) await disk.unlink(pathOf(context, name))
  const opening = new StoreOpening(context, listing, manifest, options, quarantineBytes)
  return opening.open()
}

async function contextOf(
  options: StoreOptions,
  disk: Disk,
  manifest: Manifest | null,
  listing: DirectoryListing
): Promise<StoreContext> {
  const { directory, clock } = options
  const { key, isReplaced } = await readIdKey(disk, directory)
  const report: StoreContext['report'] = (kind, file, message) =>
    options.report({ kind, file, message })
  const shared = {
    ...{ disk, directory, clock, report, ids: new EntryIds(key) },
    ...{ files: new OpenFiles(disk), blocks: new BlockCache(), usage: new DiskUsage() }
  }
  if (isReplaced) {
    const message = `${ID_KEY_NAME} was damaged: ids that were given out before are unknown now.`
    report('rebuilt', ID_KEY_NAME, message)
  }
  const nameless = { ...shared, storeId: '', recordSeed: 0, keyHashes: new KeyHashes('') }
  const storeId =
    manifest?.store ?? (await idInSegments(nameless, listing)) ?? randomBytes(16).toString('hex')
  const keyHashes = new KeyHashes(storeId)
  return { ...shared, storeId, recordSeed: recordSeedOf(storeId), keyHashes }
}

/** Of a store whose manifest is lost: what its first readable segment says. */
async function idInSegments(
  context: StoreContext,
  { segments }: DirectoryListing
): Promise<string | null> {
  for (const file of segments) {
    const { header } = await inspectSegment(context, file, false)
    if (header !== null) return header.storeId
  }
  return null
}

function tellForeign(context: StoreContext, names: readonly string[]): void {
  for (const name of names.slice(0, MAX_FOREIGN_TOLD)) {
    context.report('foreign_file', name, `${name} is no file of the buffer; it was left alone.`)
  }
  const rest = names.length - MAX_FOREIGN_TOLD
  if (rest <= 0) return
  context.report('foreign_file', '', `${rest} more files are none of the buffer; left alone.`)
}

class StoreOpening {
  readonly #context: StoreContext
  readonly #listing: DirectoryListing
  readonly #manifest: Manifest | null
  readonly #statuses: SettledStatuses
  readonly #quarantine: Quarantine
  readonly #segments = new SegmentList()
  /** A torn end may have had entries: their seqs are not given again. */
  #tornEntries = 0

  constructor(
    context: StoreContext,
    listing: DirectoryListing,
    manifest: Manifest | null,
    options: StoreOptions,
    quarantineBytes: number
  ) {
    this.#context = context
    this.#listing = listing
    this.#manifest = manifest
    this.#statuses = new SettledStatuses(options.clock, options.keepStatusMs)
    this.#quarantine = new Quarantine(context, quarantineBytes)
  }

  async open(): Promise<Omit<OpenedStore, 'lock'>> {
    const found = await this.#found()
    await this.#quarantine.open()
    const recordBytes = await this.#load(found)
    const outcomes = await loadOutcomes(
      this.#context,
      this.#listing.outcomes,
      this.#segments.all,
      this.#statuses
    )
    for (const segment of this.#segments.all) {
      const settled = outcomes.settledBytes.get(segment) ?? 0
      segment.recount(recordBytes.get(segment.number)!, settled)
    }
    this.#tellMissing(found)
    const numbering = this.#numbering(outcomes.lastSeq)
    const { context, segments, statuses, quarantine } = this.#parts()
    await writeManifest(context.disk, context.directory, {
      ...{ format: FORMAT_VERSION, store: context.storeId, ...numbering },
      segments: segments.all.map(({ number, firstSeq }) => ({ number, firstSeq }))
    })
    return { context, segments, statuses, quarantine, numbering }
  }

  #parts(): Pick<OpenedStore, 'context' | 'segments' | 'statuses' | 'quarantine'> {
    return {
      ...{ context: this.#context, segments: this.#segments },
      ...{ statuses: this.#statuses, quarantine: this.#quarantine }
    }
  }

  /** What is ours and in force, in its order. Throws BUFFER_FORMAT. */
  async #found(): Promise<readonly FoundSegment[]> {
    const { segments, indexes } = this.#listing
    const indexNames = new Set(indexes.map(({ name }) => name))
    const found: FoundSegment[] = []
    for (const file of segments) {
      const hasIndex = indexNames.has(nameOf({ ...file, kind: 'index' }))
      const one = await inspectSegment(this.#context, file, hasIndex)
      if (one.version !== null) throw otherFormat(file.name, one.version)
      if (this.#isOurs(one)) found.push(one)
    }
    const merged = found.filter(({ file }) => file.generation > 1)
    const inForce = found.filter((one) => !merged.some((other) => supersedes(other, one)))
    for (const { file } of found.filter((one) => !inForce.includes(one))) {
      await this.#context.disk.unlink(pathOf(this.#context, file.name))
    }
    await this.#removeOrphans(indexNames, found, inForce)
    return inForce
  }

  #isOurs({ file, header, index, isStranger }: FoundSegment): boolean {
    const { storeId } = this.#context
    const isOfStore = (header ?? index ?? { storeId }).storeId === storeId
    if (isOfStore && !isStranger) return true
    const why = isOfStore ? 'is a copy of another segment' : 'belongs to another buffer'
    const message = `${file.name} ${why}; it was left alone.`
    this.#context.report('foreign_file', file.name, message)
    return false
  }

  /** Indexes whose segment is gone or was replaced. */
  async #removeOrphans(
    indexNames: ReadonlySet<string>,
    found: readonly FoundSegment[],
    inForce: readonly FoundSegment[]
  ): Promise<void> {
    const nameFor = ({ file }: FoundSegment): string => nameOf({ ...file, kind: 'index' })
    const kept = new Set(inForce.map(nameFor))
    const foreign = this.#listing.segments.filter(({ name }) =>
      found.every(({ file }) => file.name !== name)
    )
    for (const file of foreign) kept.add(nameOf({ ...file, kind: 'index' }))
    for (const name of indexNames) {
      if (!kept.has(name)) await this.#context.disk.unlink(pathOf(this.#context, name))
    }
  }

  async #load(found: readonly FoundSegment[]): Promise<ReadonlyMap<number, number>> {
    const recordBytes = new Map<number, number>()
    for (const [at, one] of found.entries()) {
      const next = found[at + 1]
      const range = {
        from: this.#segments.last?.endSeq ?? 1,
        to: next?.header?.firstSeq ?? next?.index?.firstSeq ?? Infinity
      }
      const loaded = await loadSegment(this.#context, this.#quarantine, one, range)
      if (loaded === null) continue
      this.#segments.push(loaded.segment)
      recordBytes.set(loaded.segment.number, loaded.recordBytes)
      this.#tornEntries += Math.ceil(loaded.tornBytes / FIXED_BYTES)
    }
    return recordBytes
  }

  #tellMissing(found: readonly FoundSegment[]): void {
    const expected = this.#manifest?.segments ?? []
    for (const [at, { number, firstSeq }] of expected.entries()) {
      const isThere = found.some(({ file, header }) => {
        return file.number <= number && number <= (header?.lastNumber ?? file.number)
      })
      if (isThere) continue
      const next = expected[at + 1]?.firstSeq
      const to = next === undefined ? 'on' : `to ${next - 1}`
      const message = `Segment ${number} is gone, and with it its entries from seq ${firstSeq} ${to}.`
      this.#context.report('segment_missing', '', message)
    }
  }

  #numbering(lastOutcomeSeq: number): Numbering {
    const { segments, indexes, outcomes } = this.#listing
    const numbers = [...segments, ...indexes, ...outcomes].map(({ number }) => number)
    const lastNumbers = this.#segments.all.map(({ header }) => header.lastNumber)
    const lastSeq = Math.max(lastOutcomeSeq, (this.#segments.last?.endSeq ?? 1) - 1)
    return {
      nextNumber: Math.max(
        this.#manifest?.nextNumber ?? 1,
        1 + maxOf([...numbers, ...lastNumbers])
      ),
      nextSeq: Math.max(this.#manifest?.nextSeq ?? 1, lastSeq + 1 + this.#tornEntries)
    }
  }
}

/** A merge takes the place of all that it was made of. */
function supersedes(newer: FoundSegment, older: FoundSegment): boolean {
  const lastNumber = newer.header?.lastNumber ?? newer.index?.lastNumber ?? newer.file.number
  return (
    newer.file.generation > older.file.generation &&
    newer.file.number <= older.file.number &&
    older.file.number <= lastNumber
  )
}

function maxOf(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0)
}

function otherFormat(name: string, version: number): SwitchyardError {
  const age = version > FORMAT_VERSION ? 'a newer' : 'an older'
  const message =
    `${name} of the buffer has format ${version}, of ${age} version of Switchyard; ` +
    `this one reads format ${FORMAT_VERSION}. Nothing was changed.`
  return new SwitchyardError('BUFFER_FORMAT', message, { file: name, version })
}
