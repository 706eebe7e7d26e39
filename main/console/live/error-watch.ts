/**
 * Whether too many requests of a pool fail, judged over a sliding window. It rises fast and falls
 * with a margin, so that a share at the threshold does not make the verdict flicker.
 */
import { errorShare, type TrafficRates } from '../../../proxy-core/model/traffic-row.ts'

const WINDOW_MS = 10_000
/** Fewer requests in the window say nothing. */
const LEAST_REQUESTS = 20
const LEAST_ERRORS = 3
const HIGH_SHARE = 0.05
const NORMAL_SHARE = 0.02
/** What is shown of a share that lasts is renewed this often. */
const SHOW_EVERY_MS = 5_000
/** Longer than this between two ticks, nobody knows what happened in between. */
const LONGEST_SPAN_MS = 1_000

/** A share of errors that is high. */
export interface ErrorRise {
  /** 0 to 1. */
  readonly share: number
  /** Wall-clock milliseconds. */
  readonly sinceMs: number
}

type Rates = Pick<TrafficRates, 'rps' | 'server5xx' | 'failures'>

interface Span {
  readonly atMs: number
  readonly requests: number
  readonly errors: number
}

export class ErrorWatch {
  #spans: Span[] = []
  #rise: ErrorRise | null = null
  #shownAtMs = 0

  /** null: normal. */
  get rise(): ErrorRise | null {
    return this.#rise
  }

  /** The rates of one tick; returns whether `rise` changed. */
  take(atMs: number, rates: Rates): boolean {
    this.#note(atMs, rates)
    const requests = sum(this.#spans, (span) => span.requests)
    const errors = sum(this.#spans, (span) => span.errors)
    const share = requests > 0 ? errors / requests : 0
    const before = this.#rise
    const isEnough = requests >= LEAST_REQUESTS && errors >= LEAST_ERRORS
    if (before === null) {
      if (isEnough && share >= HIGH_SHARE) this.#show(atMs, { share, sinceMs: atMs })
    } else if (share < NORMAL_SHARE) {
      this.#rise = null
    } else if (atMs - this.#shownAtMs >= SHOW_EVERY_MS) {
      this.#show(atMs, { ...before, share })
    }
    return before !== this.#rise
  }

  #note(atMs: number, rates: Rates): void {
    const newestMs = this.#spans.at(-1)?.atMs ?? atMs
    if (newestMs > atMs) this.#setBack(newestMs - atMs)
    const last = this.#spans.at(-1)
    const seconds = Math.min(last ? atMs - last.atMs : 0, LONGEST_SPAN_MS) / 1000
    const requests = Math.max(0, rates.rps * seconds)
    this.#spans.push({ atMs, requests, errors: requests * errorShare(rates) })
    this.#spans = this.#spans.filter((span) => span.atMs > atMs - WINDOW_MS)
  }

  /** The wall clock was set back: what was noted lies ahead, and would stay there for as long. */
  #setBack(byMs: number): void {
    this.#shownAtMs -= byMs
    this.#spans = this.#spans.map((span) => ({ ...span, atMs: span.atMs - byMs }))
  }

  #show(atMs: number, rise: ErrorRise): void {
    this.#rise = rise
    this.#shownAtMs = atMs
  }
}

function sum(spans: readonly Span[], value: (span: Span) => number): number {
  return spans.reduce((total, span) => total + value(span), 0)
}
