/**
 * Sampled requests, newest last, collected only while a screen shows them. A paused view stands
 * and tells how many are newer.
 */
import type { TopicPayload } from '../../preload/contract/topics.ts'
import type { TrafficSample } from '../../proxy-core/model/traffic-sample.ts'
import type { ConsoleBackend } from '../backend/console-backend.ts'
import { onceOnly } from './once-only.ts'
import type { Page } from './page.ts'
import type { ViewPause } from './view-pause.svelte.ts'

export const MAX_SAMPLES = 2000

/** The sampling ratio is told over this span. */
const RATIO_SPAN_MS = 5000

export interface SamplingRatio {
  /** Per second. */
  readonly shownRps: number
  readonly seenRps: number
  /** Errors, retries and slow requests that did not fit, over the last seconds. */
  readonly droppedNotable: number
}

type Batch = TopicPayload<'traffic'>

interface Counted {
  readonly atMs: number
  readonly batch: Batch
}

export class TrafficLog {
  /** Oldest first, at most 2 000; stands still while paused. */
  list = $state.raw<readonly TrafficSample[]>([])
  /** How many samples came since the view was paused. */
  newer = $state(0)
  ratio = $state.raw<SamplingRatio>({ shownRps: 0, seenRps: 0, droppedNotable: 0 })

  readonly #backend: ConsoleBackend
  readonly #page: Page
  readonly #pause: ViewPause
  #newest: readonly TrafficSample[] = []
  #counted: readonly Counted[] = []
  #viewers = 0
  #isAllowed = false
  #end: (() => void) | null = null
  #cancelFrame: (() => void) | null = null
  #lastSeq = 0

  constructor(backend: ConsoleBackend, page: Page, pause: ViewPause) {
    this.#backend = backend
    this.#page = page
    this.#pause = pause
  }

  /** For a screen that shows samples: collects until the returned function is called. */
  view(): () => void {
    this.#viewers++
    this.#update()
    return onceOnly(() => {
      this.#viewers--
      this.#update()
    })
  }

  follow(): void {
    this.#isAllowed = true
    this.#update()
  }

  /** For a hidden window. */
  unfollow(): void {
    this.#isAllowed = false
    this.#update()
  }

  /** Another engine counts its samples from 1 again. */
  restartNumbering(): void {
    this.#lastSeq = 0
    this.#newest = []
    this.#schedule()
  }

  /** After the pause ended: shows the newest at once. */
  catchUp(): void {
    this.#schedule()
  }

  find(seq: number): TrafficSample | null {
    return this.list.findLast((sample) => sample.seq === seq) ?? null
  }

  #update(): void {
    if (this.#isAllowed && this.#viewers > 0) {
      this.#end ??= this.#backend.subscribe(
        'traffic',
        () => ({ since: this.#lastSeq }),
        (batch) => this.#take(batch)
      )
      return
    }
    this.#end?.()
    this.#end = null
    this.#cancelFrame?.()
    this.#cancelFrame = null
  }

  #take(batch: Batch): void {
    const fresh = batch.samples.filter(({ seq }) => seq > this.#lastSeq)
    this.#lastSeq = fresh.at(-1)?.seq ?? this.#lastSeq
    this.#newest = [...this.#newest, ...fresh].slice(-MAX_SAMPLES)
    const atMs = this.#page.now()
    this.#counted = [...this.#counted, { atMs, batch }].filter(
      (counted) => atMs - counted.atMs < RATIO_SPAN_MS
    )
    if (this.#pause.isPaused) this.newer += fresh.length
    else this.#schedule()
  }

  #schedule(): void {
    this.#cancelFrame ??= this.#page.nextFrame(() => {
      this.#cancelFrame = null
      if (this.#pause.isPaused) return
      this.list = this.#newest
      this.newer = 0
      this.ratio = ratioOf(this.#counted)
    })
  }
}

function ratioOf(counted: readonly Counted[]): SamplingRatio {
  const sum = (of: (batch: Batch) => number): number =>
    counted.reduce((total, { batch }) => total + of(batch), 0)
  const seconds = sum(({ spanMs }) => spanMs) / 1000
  if (seconds <= 0) return { shownRps: 0, seenRps: 0, droppedNotable: 0 }
  return {
    shownRps: sum(({ samples }) => samples.length) / seconds,
    seenRps: sum(({ seen }) => seen) / seconds,
    droppedNotable: sum(({ droppedNotable }) => droppedNotable)
  }
}
