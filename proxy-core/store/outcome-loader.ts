/**
 * Reads the journals of earlier processes at a start. Words only move entries forward, so it does
 * not matter in which order files are read, nor how far a compaction had come when a crash came.
 */
import type { NamedFile } from './directory-listing.ts'
import { readWhole } from './disk.ts'
import { isLive, mayBecome, STATE } from './entry-states.ts'
import { HEADER_BYTES, type FileHeader } from './file-header.ts'
import { OutcomeJournal } from './outcome-journal.ts'
import { readOutcomes, type OutcomeRecord } from './outcome-record.ts'
import type { Segment } from './segment.ts'
import type { SettledPlaces, SettledStatuses } from './settled-statuses.ts'
import { pathOf, type StoreContext } from './store-context.ts'

/** All parts of one journal, the newest last. */
type Parts = readonly NamedFile[]

export interface OutcomesRead {
  /** Octets of the records that are settled, by segment. */
  readonly settledBytes: ReadonlyMap<Segment, number>
  readonly lastSeq: number
}

export async function loadOutcomes(
  context: StoreContext,
  files: readonly NamedFile[],
  segments: readonly Segment[],
  statuses: SettledStatuses
): Promise<OutcomesRead> {
  const settledBytes = new Map<Segment, number>()
  let lastSeq = 0
  for (const parts of grouped(files)) {
    const journal = new LoadingJournal(context, parts, segments)
    await journal.load((outcome) => (lastSeq = Math.max(lastSeq, outcome.seq)), settledBytes)
    journal.attach(statuses)
  }
  return { settledBytes, lastSeq }
}

class LoadingJournal {
  readonly #context: StoreContext
  readonly #parts: Parts
  /** What it may be about: compaction keeps numbers. */
  readonly #segments: readonly Segment[]
  readonly #owner: Segment | null
  readonly #places = new Map<number, number>()
  #bytes = 0
  #words = 0
  readonly #older: { readonly name: string; readonly bytes: number }[] = []

  constructor(context: StoreContext, parts: Parts, segments: readonly Segment[]) {
    const { number, generation } = parts[0]!
    this.#context = context
    this.#parts = parts
    this.#segments = segments.filter(
      ({ header }) => header.number <= number && number <= header.lastNumber
    )
    this.#owner =
      this.#segments.find(
        ({ header }) => header.number === number && header.generation === generation
      ) ?? null
  }

  async load(
    onOutcome: (outcome: OutcomeRecord) => void,
    settledBytes: Map<Segment, number>
  ): Promise<void> {
    for (const file of this.#parts) {
      const octets = await readWhole(this.#context.disk, pathOf(this.#context, file.name))
      const isNewest = file === this.#parts.at(-1)
      let words = 0
      const damage = readOutcomes(octets, HEADER_BYTES, (outcome, offset) => {
        words += 1
        onOutcome(outcome)
        this.#apply(outcome, settledBytes)
        if (isNewest) this.#place(outcome, offset)
      })
      if (damage.damagedBytes > 0) this.#tell(file.name, damage.damagedBytes)
      this.#context.usage.add(octets.length)
      if (isNewest) [this.#bytes, this.#words] = [octets.length, words]
      else this.#older.push({ name: file.name, bytes: octets.length })
    }
  }

  /** To its segment, or to the statuses of entries whose segment is gone. */
  attach(statuses: SettledStatuses): void {
    const newest = this.#parts.at(-1)!
    const { number, generation, part } = newest
    const header: FileHeader = {
      ...{ kind: 'outcomes', storeId: this.#context.storeId, number, generation, part },
      ...{ lastNumber: this.#owner?.header.lastNumber ?? number },
      firstSeq: this.#owner?.firstSeq ?? 0,
      ...{ endSeq: 0, count: 0, dataBytes: 0, recordBytes: 0 }
    }
    const found = { bytes: this.#bytes, words: this.#words, older: this.#older }
    const journal = new OutcomeJournal(this.#context, header, found)
    if (this.#owner !== null) this.#owner.journal = journal
    else statuses.add(journal, this.#settledPlaces())
  }

  #apply(outcome: OutcomeRecord, settledBytes: Map<Segment, number>): void {
    const { seq, state, attempts, recordBytes } = outcome
    for (const segment of this.#segments) {
      const ordinal = segment.states.ordinalOf(seq)
      if (ordinal < 0) continue
      const { states } = segment
      states.setAttempts(ordinal, Math.max(attempts, states.attemptsAt(ordinal)))
      const before = states.stateAt(ordinal)
      if (!mayBecome(before, state)) continue
      states.setState(ordinal, state)
      if (isLive(state)) continue
      settledBytes.set(segment, (settledBytes.get(segment) ?? 0) + recordBytes)
    }
  }

  #place({ seq, state }: OutcomeRecord, offset: number): void {
    if (this.#owner === null) {
      if (!isLive(state)) this.#places.set(seq, offset)
      return
    }
    const { states } = this.#owner
    const ordinal = states.ordinalOf(seq)
    // An attempt that is told after the end says nothing of the end.
    if (ordinal >= 0 && (state !== STATE.pending || states.stateAt(ordinal) === STATE.pending)) {
      states.setOutcomeAt(ordinal, offset)
    }
  }

  #settledPlaces(): SettledPlaces {
    const sorted = [...this.#places].toSorted(([a], [b]) => a - b)
    return {
      seqs: Float64Array.from(sorted, ([seq]) => seq),
      offsets: Uint32Array.from(sorted, ([, offset]) => offset)
    }
  }

  #tell(name: string, bytes: number): void {
    const message =
      `${bytes} octets of the outcomes in ${name} are damaged: requests that were settled there ` +
      'may be sent once more.'
    this.#context.report('rebuilt', name, message)
  }
}

function grouped(files: readonly NamedFile[]): readonly Parts[] {
  const groups = Map.groupBy(files, ({ number, generation }) => `${number}-${generation}`)
  return [...groups.values()].map((parts) => parts.toSorted((a, b) => a.part - b.part))
}
