/**
 * The history behind the charts of Live: read from the engine's rings for the chosen range, grown
 * by the live numbers in between, read again before the growth gets inexact. Nothing runs while
 * the window is hidden or the view is paused.
 */
import type { Series, SeriesQuery, SeriesRange } from '../../../proxy-core/model/series.ts'
import type { TrafficRates } from '../../../proxy-core/model/traffic-row.ts'
import { problemFrom, type Problem } from '../../ui/data-state.ts'
import { after, grown, joined, RANGE_MS, type SeriesView, type TailPoint } from './series-tail.ts'

export interface SeriesParts {
  read(query: SeriesQuery, signal: AbortSignal): Promise<Series>
  /** Runs it once after so many milliseconds; returns its cancellation. */
  after(delayMs: number, run: () => void): () => void
  /** Hidden or paused: the answer would not be shown. */
  isAtRest(): boolean
}

const READ_AGAIN_MS: Readonly<Record<SeriesRange, number>> = {
  '1m': 10_000,
  '5m': 10_000,
  '15m': 15_000,
  '1h': 30_000,
  '24h': 60_000
}
/** After a failed reading. */
const RETRY_MS = 2000

export class TrafficSeries {
  #series = $state.raw<Series | null>(null)
  #tail = $state.raw<readonly TailPoint[]>([])
  /** Why nothing could be read; what was read before stays. */
  problem = $state.raw<Problem | null>(null)

  readonly view: SeriesView = $derived(joined(this.#series, this.#tail))

  readonly #parts: SeriesParts
  #range: SeriesRange = '5m'
  #endMs: number | null = null
  #taken: TrafficRates | null = null
  #reading = new AbortController()
  #cancelTimer: (() => void) | null = null

  constructor(parts: SeriesParts) {
    this.#parts = parts
  }

  /** Whether anything was read or came since. */
  get isEmpty(): boolean {
    return this.view.atMs.length === 0
  }

  /** Wall-clock milliseconds of the newest point; null without one. */
  get newestMs(): number | null {
    return this.view.atMs.at(-1) ?? null
  }

  /** @param endMs right edge in the past; null = now, and it goes on. */
  follow(range: SeriesRange, endMs: number | null): () => void {
    this.#range = range
    this.#endMs = endMs
    void this.#read()
    return () => this.#rest()
  }

  /** The newest live numbers, twice a second. */
  take(rates: TrafficRates, atMs: number): void {
    // Seen again with another fleet: the numbers are as old as they were.
    if (rates === this.#taken) return
    this.#taken = rates
    if (this.#endMs !== null || this.#series === null) return
    const { stepMs, atMs: times } = this.#series
    const before = this.#tail.length
    this.#tail = grown(this.#tail, { atMs, rates }, stepMs, times.at(-1) ?? atMs - 1)
    // The page heard nothing for a while, but the engine may have measured.
    if (this.#tail.length === before + 2) this.#again(0)
    const cutMs = atMs - RANGE_MS[this.#range]
    if ((this.#tail[0]?.atMs ?? cutMs) < cutMs) {
      this.#tail = this.#tail.filter((point) => point.atMs >= cutMs)
    }
  }

  async #read(): Promise<void> {
    this.#rest()
    const { signal } = this.#reading
    if (this.#parts.isAtRest() && this.#series !== null) {
      this.#again(RETRY_MS)
      return
    }
    const query = { scope: { kind: 'total' }, range: this.#range, endMs: this.#endMs } as const
    try {
      const series = await this.#parts.read(query, signal)
      if (signal.aborted) return
      this.#series = series
      this.#tail = this.#endMs === null ? after(this.#tail, series) : []
      this.problem = null
      if (this.#endMs === null) this.#again(READ_AGAIN_MS[this.#range])
    } catch (error) {
      if (signal.aborted) return
      this.problem = problemFrom(error, 'The history could not be read.')
      this.#again(RETRY_MS)
    }
  }

  #again(delayMs: number): void {
    this.#cancelTimer?.()
    this.#cancelTimer = this.#parts.after(delayMs, () => void this.#read())
  }

  #rest(): void {
    this.#reading.abort()
    this.#reading = new AbortController()
    this.#cancelTimer?.()
    this.#cancelTimer = null
  }
}
