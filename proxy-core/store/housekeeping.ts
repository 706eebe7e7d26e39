/**
 * What happens behind the traffic, one thing after the other: indexes of full segments, removal
 * of settled ones, compaction, statuses that are too old, the manifest. A failure is tried again
 * later; nothing here is needed for an acknowledgement.
 */
import type { Timer } from '../time/clock.ts'
import type { Numbering } from './appender.ts'
import { indexHeaderOf, type Compaction } from './compaction.ts'
import { FORMAT_VERSION, HEADER_BYTES } from './file-header.ts'
import { indexFileBytesOf } from './index-entry.ts'
import { lightRun, LIGHT_MS, markLight } from './light-run.ts'
import { writeManifest } from './manifest.ts'
import type { OutcomeQueue } from './outcome-queue.ts'
import { writeIndex } from './segment-index.ts'
import type { SegmentList } from './segment-list.ts'
import type { Segment } from './segment.ts'
import { settledPlaces, type SettledStatuses } from './settled-statuses.ts'
import { pathOf, type StoreContext } from './store-context.ts'

const RETRY_MS = 5000
/** Finished work is looked for at most so often. */
const PAUSE_MS = 20

export interface HousekeepingParts {
  readonly context: StoreContext
  readonly segments: SegmentList
  readonly outcomes: OutcomeQueue
  readonly statuses: SettledStatuses
  readonly compaction: Compaction
  readonly numbering: Numbering
  readonly segmentBytes: number
  /** The buffer is nearly full. */
  readonly isPressed: () => boolean
  /** Closes the newest segment, so that it can be compacted too. */
  readonly roll: () => Promise<void>
  /** Files were removed. */
  readonly onFreed: () => void
}

export class Housekeeping {
  readonly #parts: HousekeepingParts
  #running: Promise<void> | null = null
  #isWanted = false
  #isClosed = false
  /** Out of the list, but not yet off the disk. */
  readonly #retired = new Set<Segment>()
  #timer: Timer | null = null
  #timerDueMs = Infinity
  #manifest: string

  constructor(parts: HousekeepingParts) {
    this.#parts = parts
    this.#manifest = this.#manifestKey()
  }

  /** Something may be to do. */
  wake(): void {
    this.#arm(PAUSE_MS)
  }

  /** Looks at once; resolves when nothing is to do (now). */
  async settle(): Promise<void> {
    this.#isWanted = true
    this.#running ??= this.#run().finally(() => (this.#running = null))
    await this.#running
  }

  /** Finishes what runs, then writes what makes the next start fast. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#timer?.cancel()
    await this.#running
    await this.#attempt(() => this.#writeIndexes())
    await this.#attempt(() => this.#saveManifest())
  }

  #arm(delayMs: number): void {
    if (this.#isClosed) return
    const dueMs = this.#parts.context.clock.now() + delayMs
    if (this.#timer !== null && this.#timerDueMs <= dueMs) return
    this.#timer?.cancel()
    this.#timerDueMs = dueMs
    this.#timer = this.#parts.context.clock.setTimeout(() => {
      this.#timer = null
      void this.settle()
    }, delayMs)
  }

  async #run(): Promise<void> {
    while (this.#isWanted && !this.#isClosed) {
      this.#isWanted = false
      const results = [
        await this.#attempt(() => this.#writeIndexes()),
        await this.#attempt(() => this.#removeSettled()),
        await this.#attempt(() => this.#parts.statuses.expire()),
        await this.#attempt(() => this.#makeRoom()),
        await this.#attempt(() => this.#compact()),
        await this.#attempt(() => this.#saveManifest())
      ]
      if (results.includes(false)) this.#arm(RETRY_MS)
    }
    this.#armForLater()
  }

  /** false: it failed, and is to be tried again. The appender tells of a disk that fails. */
  async #attempt(step: () => Promise<void>): Promise<boolean> {
    try {
      await step()
      return true
    } catch {
      return false
    }
  }

  #armForLater(): void {
    const { segments, statuses, context } = this.#parts
    const nowMs = context.clock.now()
    const lightSince = segments.all.flatMap(({ lightSinceMs }) => lightSinceMs ?? [])
    for (const sinceMs of lightSince) {
      const restMs = sinceMs + LIGHT_MS - nowMs
      if (restMs > 0) this.#arm(restMs)
    }
    if (statuses.nextExpiryMs !== null) this.#arm(Math.max(PAUSE_MS, statuses.nextExpiryMs))
  }

  async #writeIndexes(): Promise<void> {
    for (const segment of this.#parts.segments.all) {
      const { growing, isOpen, endSeq, dataBytes, states } = segment
      if (isOpen || growing === null) continue
      const known = {
        endSeq,
        count: states.count,
        dataBytes,
        recordBytes: dataBytes - HEADER_BYTES
      }
      const header = indexHeaderOf(segment.header, known)
      segment.index = await writeIndex(this.#parts.context, growing, header)
      this.#parts.context.usage.add(-segment.indexBytes)
      segment.indexBytes = indexFileBytesOf(growing.count)
      segment.growing = null
    }
  }

  async #removeSettled(): Promise<void> {
    const { segments, outcomes } = this.#parts
    const settled = segments.all.filter(({ isOpen, liveCount }) => !isOpen && liveCount === 0)
    for (const segment of settled) {
      await outcomes.exclusively(() => {
        // Not before each outcome is on the disk, so that it can be asked for; but on a disk that
        // is full nothing can be written before something is removed.
        if (outcomes.isWritten(segment) || outcomes.isBehind(segment)) {
          segments.remove(segment)
          this.#retire([segment])
        }
        return Promise.resolve()
      })
    }
    await this.#removeRetired()
  }

  async #compact(): Promise<void> {
    const { segments, segmentBytes, context, compaction, isPressed } = this.#parts
    for (;;) {
      const nowMs = context.clock.now()
      markLight(segments.all, nowMs)
      const rule = { nowMs, isPressed: isPressed(), segmentBytes }
      const run = this.#isClosed ? null : lightRun(segments.all, rule)
      if (run === null) return
      if (!(await compaction.run(run, () => this.#retire(run)))) return
      await this.#removeRetired()
    }
  }

  /** Requests come before what is only known of old ones. */
  async #makeRoom(): Promise<void> {
    const { statuses, isPressed, onFreed } = this.#parts
    while (isPressed() && (await statuses.forgetOldest())) onFreed()
    if (!isPressed()) return
    const { last } = this.#parts.segments
    if (last?.isOpen === true && last.liveBytes * 2 < last.dataBytes) {
      await this.#parts.roll()
      this.#isWanted = true
    }
  }

  /** They are out of the list: what is known of their settled entries is asked for elsewhere. */
  #retire(run: readonly Segment[]): void {
    const { statuses, outcomes } = this.#parts
    for (const segment of run) {
      outcomes.forget(segment)
      this.#retired.add(segment)
      // A segment that came back without its outcomes would be delivered anew.
      const isFree = (): boolean => !this.#retired.has(segment)
      statuses.add(segment.journal, settledPlaces(segment.states), isFree)
    }
  }

  async #removeRetired(): Promise<void> {
    const retired = [...this.#retired]
    if (retired.length === 0) return
    const { context, onFreed } = this.#parts
    // Where it fails, as on a full disk, the next start misses segments that nobody needs.
    await this.#attempt(() => this.#saveManifest())
    for (const segment of retired) {
      await segment.journal.releaseFile()
      context.files.forget(segment.path)
      context.files.forget(pathOf(context, segment.indexName))
      await context.disk.unlink(segment.path)
      await context.disk.unlink(pathOf(context, segment.indexName))
      context.usage.add(-segment.fileBytes - segment.indexBytes)
      segment.fileBytes = segment.indexBytes = 0
    }
    await context.disk.syncDirectory(context.directory)
    for (const segment of retired) this.#retired.delete(segment)
    onFreed()
  }

  async #saveManifest(): Promise<void> {
    const key = this.#manifestKey()
    if (key === this.#manifest) return
    const { context, segments, numbering } = this.#parts
    await writeManifest(context.disk, context.directory, {
      ...{ format: FORMAT_VERSION, store: context.storeId },
      ...{ nextNumber: numbering.nextNumber, nextSeq: numbering.nextSeq },
      segments: segments.all.map(({ number, firstSeq }) => ({ number, firstSeq }))
    })
    this.#manifest = key
  }

  /** What a manifest is for: which segments there are. */
  #manifestKey(): string {
    return this.#parts.segments.all.map(({ header }) => header.number).join()
  }
}
