/**
 * Picks the requests that the traffic view shows: a fair sample of at most 50 a second, and
 * beside it every error, retry and slow request up to 200 a second. The newest 500 are kept for
 * a view that is opened later: about 1 MB.
 */
import type { PoolView } from '../engine/engine-view.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { TrafficWatch } from '../exchange/traffic-watch.ts'
import {
  NOTABLE_PER_SECOND,
  SAMPLED_PER_SECOND,
  SAMPLES_KEPT,
  type TrafficBatch,
  type TrafficSample
} from '../model/traffic-sample.ts'
import type { Clock, Random } from '../time/clock.ts'
import { Reservoir } from './reservoir.ts'
import { RoutingBook } from './routing-book.ts'
import { draftOf, notability, sampleOf, type SampleDraft } from './sample-draft.ts'
import { TickQuota } from './tick-quota.ts'

export class TrafficSampler implements TrafficWatch {
  readonly #clock: Clock
  readonly #book = new RoutingBook()
  readonly #reservoir: Reservoir
  readonly #ordinaryQuota = new TickQuota(SAMPLED_PER_SECOND)
  readonly #notableQuota = new TickQuota(NOTABLE_PER_SECOND)
  /** Of the tick that runs. */
  #ordinary: SampleDraft[] = []
  #notable: SampleDraft[] = []
  #ordinaryRoom = 0
  #notableRoom = 0
  #seenInTick = 0
  /** Since the last batch. */
  #seen = 0
  #droppedNotable = 0
  #batchBeganMs: number
  #pending: TrafficSample[] = []
  #wasBusy = false
  /** The newest samples, oldest first; cut back to `SAMPLES_KEPT` now and then. */
  #kept: TrafficSample[] = []
  #lastSeq: number

  /** Numbers go on after `lastSeq`. */
  constructor(clock: Clock, random: Random, lastSeq: number) {
    this.#clock = clock
    this.#reservoir = new Reservoir(random)
    this.#batchBeganMs = clock.now()
    this.#lastSeq = lastSeq
    this.#beginTick()
  }

  get lastSeq(): number {
    return this.#lastSeq
  }

  finished(exchange: Exchange): void {
    const order = ++this.#seenInTick
    const reason = notability(exchange)
    if (reason !== null) {
      if (this.#notable.length < this.#notableRoom) {
        this.#notable.push(draftOf(exchange, order, reason, this.#clock.wallNow()))
      } else {
        this.#droppedNotable++
      }
      return
    }
    const place = this.#reservoir.place()
    if (place < 0) return
    this.#ordinary[place] = draftOf(exchange, order, 'sample', this.#clock.wallNow())
  }

  poolChanged(pool: PoolView): void {
    this.#book.note(pool, this.#clock.now())
  }

  /** Forgets the pools that are not among these. */
  retainPools(pools: ReadonlySet<string>): void {
    this.#book.retain(pools)
  }

  /** Once for every tick: what was kept in it becomes samples. */
  closeTick(): void {
    const drafts = [...this.#ordinary, ...this.#notable].sort((a, b) => a.order - b.order)
    for (const draft of drafts) {
      const sample = sampleOf(draft, ++this.#lastSeq, this.#book)
      this.#pending.push(sample)
      this.#kept.push(sample)
    }
    // A parent that does not read gets the newest ones when it does.
    if (this.#pending.length > SAMPLES_KEPT) this.#pending = this.#pending.slice(-SAMPLES_KEPT)
    if (this.#kept.length > 2 * SAMPLES_KEPT) this.#kept = this.#kept.slice(-SAMPLES_KEPT)
    this.#seen += this.#seenInTick
    this.#ordinaryQuota.close(this.#ordinary.length, this.#ordinary.length >= this.#ordinaryRoom)
    this.#notableQuota.close(this.#notable.length, this.#notable.length >= this.#notableRoom)
    this.#beginTick()
  }

  /** What was collected since the last batch; null when nothing happened, as before. */
  takeBatch(): TrafficBatch | null {
    const nowMs = this.#clock.now()
    const batch: TrafficBatch = {
      seen: this.#seen,
      spanMs: Math.round(nowMs - this.#batchBeganMs),
      droppedNotable: this.#droppedNotable,
      samples: this.#pending
    }
    const isBusy = batch.seen > 0
    const isNews = isBusy || this.#wasBusy
    this.#wasBusy = isBusy
    this.#batchBeganMs = nowMs
    this.#seen = this.#droppedNotable = 0
    this.#pending = []
    return isNews ? batch : null
  }

  /** Samples with a greater number than `since`, oldest first. */
  since(since: number): TrafficSample[] {
    return this.#kept.slice(-SAMPLES_KEPT).filter(({ seq }) => seq > since)
  }

  #beginTick(): void {
    this.#ordinary = []
    this.#notable = []
    this.#seenInTick = 0
    this.#ordinaryRoom = this.#ordinaryQuota.room
    this.#notableRoom = this.#notableQuota.room
    this.#reservoir.begin(this.#ordinaryRoom)
  }
}
