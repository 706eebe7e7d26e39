/**
 * How many requests a backend should have in flight, found from its latency (Netflix
 * concurrency-limits, "Gradient2"): while requests take about as long as they use to, the limit
 * grows by the square root of itself; when they take longer, it falls in proportion.
 *
 *   gradient = clamp(tolerance * usual / recent, 0.5, 1)
 *   limit'   = limit + smoothing * (limit * gradient + sqrt(limit) - limit)
 *
 * The usual latency is an average over many windows; it follows a lasting change, slowly.
 */
import type { AdaptiveConcurrencySettings } from '../model/settings.ts'

/** Latency may grow by half before the limit falls. */
const TOLERANCE = 1.5
const SMOOTHING = 0.2
/** Of one window in the usual latency: about a minute of windows of a second. */
const USUAL_WEIGHT = 1 / 60
const MIN_SAMPLES = 10
/** A window with requests that were not answered in time. */
const TIMEOUT_FACTOR = 0.9

export class ConcurrencyLimit {
  readonly settings: AdaptiveConcurrencySettings
  #limit: number
  #usualMs = 0
  #windowEndMs: number
  #sumMs = 0
  #samples = 0
  #timeouts = 0
  #peakInFlight = 0

  constructor(settings: AdaptiveConcurrencySettings, nowMs: number) {
    this.settings = settings
    this.#limit = Math.min(Math.max(settings.initial, settings.min), settings.max)
    this.#windowEndMs = nowMs + settings.windowMs
  }

  get value(): number {
    return Math.floor(this.#limit)
  }

  /** Returns whether the limit may have moved. */
  answered(latencyMs: number, inFlight: number, nowMs: number): boolean {
    this.#sumMs += latencyMs
    this.#samples++
    return this.#sampled(inFlight, nowMs)
  }

  timedOut(inFlight: number, nowMs: number): boolean {
    this.#timeouts++
    return this.#sampled(inFlight, nowMs)
  }

  #sampled(inFlight: number, nowMs: number): boolean {
    if (inFlight > this.#peakInFlight) this.#peakInFlight = inFlight
    if (nowMs < this.#windowEndMs) return false
    if (this.#samples + this.#timeouts < MIN_SAMPLES) return false
    this.#move()
    this.#windowEndMs = nowMs + this.settings.windowMs
    this.#sumMs = this.#samples = this.#timeouts = this.#peakInFlight = 0
    return true
  }

  #move(): void {
    const { min, max } = this.settings
    let next = this.#timeouts > 0 ? this.#limit * TIMEOUT_FACTOR : this.#byGradient()
    // A limit that nobody reaches says nothing about what would happen beyond it.
    if (next > this.#limit && this.#peakInFlight < this.#limit / 2) next = this.#limit
    this.#limit = Math.min(Math.max(next, min), max)
  }

  #byGradient(): number {
    const recentMs = this.#sumMs / this.#samples
    this.#usualMs =
      this.#usualMs === 0 ? recentMs : this.#usualMs + USUAL_WEIGHT * (recentMs - this.#usualMs)
    const gradient = Math.min(Math.max((TOLERANCE * this.#usualMs) / recentMs, 0.5), 1)
    const wanted = this.#limit * gradient + Math.sqrt(this.#limit)
    return this.#limit + SMOOTHING * (wanted - this.#limit)
  }
}
