/**
 * The lanes of one route: which are ready, which wait, and what is at hand of them. Bounded:
 * entries at hand, and lanes, of which each that waits keeps one entry.
 */
import type { PendingEntry } from '../store/request-store.ts'
import { Lane, laneKeyOf } from './lane.ts'
import { MinHeap } from './min-heap.ts'

/** Entries at hand that are not delivered yet, without bodies. */
export const MAX_AT_HAND = 1024
/** Of one key, so that it does not take all room. */
export const MAX_OF_KEY = 128
/** Keys with an entry at hand or waiting; with more of them nothing further is looked for. */
export const MAX_LANES = 50_000

export interface LaneLimits {
  readonly atHand: number
  readonly ofKey: number
  readonly lanes: number
}

const LIMITS: LaneLimits = { atHand: MAX_AT_HAND, ofKey: MAX_OF_KEY, lanes: MAX_LANES }

export class LaneBook {
  readonly #limits: LaneLimits
  readonly #lanes = new Map<number, Lane>()
  /** Oldest entry first. */
  readonly #ready = new MinHeap<Lane>((lane) => lane.first!.seq)
  readonly #due = new MinHeap<Lane>((lane) => lane.dueMs)
  readonly #forPool = new Set<Lane>()
  /** By the seq of what waits. */
  readonly #waiting = new Map<number, Lane>()
  /** Nothing of them is at hand, but entries were passed over. */
  readonly #idle = new Set<Lane>()
  #atHand = 0
  /** Grows with every search for what was passed over. */
  #search = 0

  constructor(limits = LIMITS) {
    this.#limits = limits
  }

  get size(): number {
    return this.#lanes.size
  }
  /** Entries at hand, those that wait not counted. */
  get atHand(): number {
    return this.#atHand
  }
  get waitingCount(): number {
    return this.#waiting.size
  }
  /** So many entries of new keys can be taken. */
  get room(): number {
    const { atHand, lanes } = this.#limits
    return Math.max(0, Math.min(atHand - this.#atHand, lanes - this.#lanes.size))
  }
  get #isHandFull(): boolean {
    return this.#atHand >= this.#limits.atHand
  }
  get firstReady(): PendingEntry | undefined {
    return this.#ready.first?.first
  }
  /** Monotonic; Infinity: nothing waits for its time. */
  get nextDueMs(): number {
    return this.#due.first?.dueMs ?? Infinity
  }
  /** From where on a search for what was passed over has to begin; null: nobody needs one. */
  get searchFrom(): number | null {
    if (this.#idle.size === 0) return null
    let from = Infinity
    for (const lane of this.#idle) from = Math.min(from, lane.passedFrom)
    return from - 1
  }

  waitingFor(seq: number): Lane | undefined {
    return this.#waiting.get(seq)
  }

  /** An entry that was not seen before, in ascending order. False: there is no room, try later. */
  offer(entry: PendingEntry): boolean {
    const key = laneKeyOf(entry)
    const lane = this.#lanes.get(key)
    if (lane === undefined) {
      if (this.room === 0) return false
      const added = new Lane(key)
      this.#lanes.set(key, added)
      added.entries.push(entry)
      this.#gained(added)
    } else if (lane.passed > 0 || !this.#isOpen(lane)) {
      lane.passOver(entry)
    } else {
      if (this.#isHandFull) return false
      lane.entries.push(entry)
      this.#gained(lane)
    }
    return true
  }

  /** Begins a search for what was passed over. */
  beginSearch(): number {
    return ++this.#search
  }

  /** An entry behind `from`, where this search began. False: there is no room, try later. */
  offerAgain(entry: PendingEntry, from: number): boolean {
    const lane = this.#lanes.get(laneKeyOf(entry))
    if (lane === undefined || lane.passed === 0 || lane.skippedBy === this.#search) return true
    if (lane.passedFrom <= from || entry.seq < lane.passedFrom) return true
    if (!this.#isOpen(lane)) {
      lane.skippedBy = this.#search
      return true
    }
    if (this.#isHandFull) return false
    lane.fetch(entry)
    this.#gained(lane)
    return true
  }

  /** The search that began behind `from` has seen everything that was passed over. */
  endSearch(from: number): void {
    for (const lane of [...this.#idle]) {
      if (lane.passedFrom <= from || lane.skippedBy === this.#search) continue
      // Operators have removed what was there.
      lane.forgetPassed()
      this.#rest(lane)
    }
  }

  /** The lane with the oldest entry of those that are ready; it is busy from now on. */
  begin(): Lane | undefined {
    const lane = this.#ready.pop()
    if (lane !== undefined) lane.state = 'busy'
    return lane
  }

  /** The first entry is settled; the next one may go. */
  finish(lane: Lane): void {
    lane.entries.shift()
    lane.attempts = 0
    this.#atHand--
    this.#rest(lane)
  }

  /** The first entry goes again as soon as it can. */
  putBack(lane: Lane): void {
    this.#makeReady(lane)
  }

  /** Until then nothing of this key goes. `dueMs`: monotonic; Infinity: until the pool changes. */
  wait(lane: Lane, dueMs: number): void {
    lane.state = 'waiting'
    lane.dueMs = dueMs
    // A search that runs must not take what comes behind the entries that are given up here.
    lane.skippedBy = this.#search
    this.#atHand -= lane.park() + 1
    this.#waiting.set(lane.first!.seq, lane)
    if (dueMs === Infinity) this.#forPool.add(lane)
    else this.#due.push(lane)
  }

  /** Lanes whose time has come are ready. */
  wake(nowMs: number): void {
    for (let lane = this.#due.first; lane !== undefined; lane = this.#due.first) {
      if (lane.dueMs > nowMs) return
      this.#due.pop()
      this.#awake(lane)
    }
  }

  /** Lanes that wait for the pool may try again. */
  poolChanged(): void {
    const lanes = [...this.#forPool]
    this.#forPool.clear()
    for (const lane of lanes) this.#awake(lane)
  }

  #isOpen(lane: Lane): boolean {
    return lane.state !== 'waiting' && lane.entries.length < this.#limits.ofKey
  }

  #awake(lane: Lane): void {
    this.#waiting.delete(lane.first!.seq)
    this.#atHand++
    this.#makeReady(lane)
  }

  #gained(lane: Lane): void {
    this.#atHand++
    if (lane.state !== 'idle') return
    this.#idle.delete(lane)
    this.#makeReady(lane)
  }

  #makeReady(lane: Lane): void {
    lane.state = 'ready'
    this.#ready.push(lane)
  }

  /** Nothing of it is on its way. */
  #rest(lane: Lane): void {
    if (lane.first !== undefined) {
      this.#makeReady(lane)
      return
    }
    lane.state = 'idle'
    if (lane.passed > 0) {
      this.#idle.add(lane)
      return
    }
    this.#idle.delete(lane)
    this.#lanes.delete(lane.key)
  }
}
